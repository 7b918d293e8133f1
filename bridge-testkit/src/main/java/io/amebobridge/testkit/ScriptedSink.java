package io.amebobridge.testkit;

import io.amebobridge.core.Message;
import io.amebobridge.core.MessageSink;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SinkException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A sink that a test answers: by hand, batch by batch, or by a rule. Thread-safe. */
public final class ScriptedSink implements MessageSink {
  private final Deque<Sent> open = new ArrayDeque<>();
  private final List<List<Message>> batches = new ArrayList<>();
  private final Deque<SinkException> openFailures = new ArrayDeque<>();
  private @org.jspecify.annotations.Nullable Function<Message, SendResult> rule;

  /** A batch that waits for its answer. */
  public record Sent(List<Message> messages, CompletableFuture<List<SendResult>> answer) {
    /** Answers all alike. */
    public void answerAll(SendResult result) {
      answer.complete(messages.stream().map(m -> result).toList());
    }

    /** Answers each in turn. */
    public void answerEach(SendResult... results) {
      answer.complete(List.of(results));
    }
  }

  /** From now on answers at once, each message by this rule. */
  public synchronized ScriptedSink answering(Function<Message, SendResult> each) {
    rule = each;
    return this;
  }

  /** The next open throws it; more of them, one each. */
  public synchronized void failOpen(SinkException failure) {
    openFailures.add(failure);
  }

  @Override
  public synchronized void open() throws SinkException {
    SinkException failure = openFailures.poll();
    if (failure != null) throw failure;
  }

  @Override
  public synchronized CompletionStage<List<SendResult>> send(List<Message> batch) {
    batches.add(List.copyOf(batch));
    if (rule != null) {
      return CompletableFuture.completedFuture(batch.stream().map(rule).toList());
    }
    Sent sent = new Sent(List.copyOf(batch), new CompletableFuture<>());
    open.add(sent);
    return sent.answer();
  }

  /** The oldest batch without an answer; fails if there is none. */
  public synchronized Sent next() {
    return open.remove();
  }

  /** Batches without an answer. */
  public synchronized int underWay() {
    return open.size();
  }

  /** The batches without an answer, the oldest first. */
  public synchronized List<Sent> unanswered() {
    return List.copyOf(open);
  }

  /** Every batch sent so far. */
  public synchronized List<List<Message>> batches() {
    return List.copyOf(batches);
  }

  @Override
  public void close() {}
}
