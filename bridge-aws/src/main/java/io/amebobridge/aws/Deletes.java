package io.amebobridge.aws;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResponse;

/**
 * Deletes what is finished of one queue, in batches of ten, again and again until it is gone, and
 * remembers for a while what that was: SQS may deliver it once more. Confined to the pump's thread.
 */
final class Deletes {
  private static final Logger LOG = LoggerFactory.getLogger(Deletes.class);
  private static final int BATCH = 10;
  private static final int MOST_UNDER_WAY = 4;
  private static final int REMEMBERED = 20_000;

  /** So long one may wait to be one of ten. */
  private static final long LINGER = TimeUnit.MILLISECONDS.toNanos(20);

  private final SqsSettings settings;
  private final QueueName given;
  private final SqsClient sqs;
  private final SqsCalls calls;
  private final Consumer<Held> onGone;
  private final Trouble trouble;
  private final Deque<Held> pending = new ArrayDeque<>();
  private final Map<String, Boolean> finished =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };
  private String url = "";
  private long oldest;
  private int underWay;
  private int failures;

  /**
   * New and empty.
   *
   * @param onGone told of each message that is deleted, or can't be by its handle
   */
  Deletes(
      SqsSettings settings, QueueName given, SqsClient sqs, SqsCalls calls, Consumer<Held> onGone) {
    this.settings = settings;
    this.given = given;
    this.sqs = sqs;
    this.calls = calls;
    this.onGone = onGone;
    String what = settings.name() + ": what is finished of " + SqsSettings.called(given);
    trouble = new Trouble(LOG, what + " can't be deleted");
  }

  void url(String of) {
    url = of;
  }

  /** Why deleting does not work now; null: it does. */
  @Nullable String trouble() {
    return trouble.why();
  }

  /** Whether this was finished before. */
  boolean knows(Held message) {
    return finished.containsKey(message.sqsId);
  }

  void add(Held message) {
    finished.put(message.sqsId, true);
    if (pending.isEmpty()) oldest = System.nanoTime();
    pending.add(message);
  }

  boolean isIdle() {
    return pending.isEmpty() && underWay == 0;
  }

  /** Calls that failed so far. */
  int failures() {
    return failures;
  }

  /** Sends what is due, or all. */
  void step(long now, boolean all) {
    while (!pending.isEmpty() && underWay < MOST_UNDER_WAY && trouble.isDue()) {
      boolean due = all || pending.size() >= BATCH || now - oldest >= LINGER;
      boolean oneTries = trouble.why() != null && underWay > 0;
      if (!due || oneTries) return;
      send();
    }
  }

  private void send() {
    List<Held> batch = new ArrayList<>(BATCH);
    List<DeleteMessageBatchRequestEntry> entries = new ArrayList<>(BATCH);
    while (batch.size() < BATCH && !pending.isEmpty()) {
      Held message = pending.remove();
      entries.add(
          DeleteMessageBatchRequestEntry.builder()
              .id(Integer.toString(batch.size()))
              .receiptHandle(message.handle)
              .build());
      batch.add(message);
    }
    oldest = System.nanoTime();
    underWay++;
    String at = url;
    calls.<DeleteMessageBatchResponse>call(
        () -> sqs.deleteMessageBatch(r -> r.queueUrl(at).entries(entries)),
        (answer, failure) -> {
          underWay--;
          if (answer == null) failed(batch, failure);
          else answered(batch, answer);
        });
  }

  private void failed(List<Held> batch, @Nullable Throwable failure) {
    Throwable cause = failure == null ? new IllegalStateException("no answer") : failure;
    batch.forEach(pending::addFirst);
    failed(AwsErrors.kind(cause), AwsErrors.reason(cause));
  }

  private void failed(AwsErrors.Kind kind, String reason) {
    failures++;
    trouble.failed(
        kind,
        AwsErrors.text(
            settings.access(), SqsSettings.called(given), "sqs:DeleteMessage", kind, reason));
  }

  private void answered(List<Held> batch, DeleteMessageBatchResponse answer) {
    Set<Integer> undecided = new HashSet<>();
    for (int i = 0; i < batch.size(); i++) undecided.add(i);
    answer.successful().forEach(entry -> undecided.remove(Integer.parseInt(entry.id())));
    AwsErrors.Kind worst = null;
    String reason = "the answer lacks some";
    for (BatchResultErrorEntry entry : answer.failed()) {
      AwsErrors.Kind kind = AwsErrors.kind(entry.code(), Boolean.TRUE.equals(entry.senderFault()));
      if (kind == AwsErrors.Kind.STALE || kind == AwsErrors.Kind.REFUSED) {
        // it comes again, with another handle, and is deleted by that one
        LOG.debug("{}: a handle is no longer good: {}", settings.name(), entry.code());
        undecided.remove(Integer.parseInt(entry.id()));
      } else {
        worst = kind;
        reason = String.valueOf(entry.code());
      }
    }
    for (int i = batch.size() - 1; i >= 0; i--) {
      if (undecided.contains(i)) pending.addFirst(batch.get(i));
      else onGone.accept(batch.get(i));
    }
    if (undecided.isEmpty()) trouble.over();
    else failed(worst == null ? AwsErrors.Kind.SERVICE : worst, reason);
  }
}
