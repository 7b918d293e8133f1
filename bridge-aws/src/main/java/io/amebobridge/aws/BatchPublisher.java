package io.amebobridge.aws;

import io.amebobridge.core.Message;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SendResult.Outcome;
import io.amebobridge.core.SinkException;
import io.amebobridge.core.SourceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * Sends batches on threads of its own, since the SDK's calls wait for their answers; of these there
 * are as many as requests may be under way at once. Thread-safe.
 */
final class BatchPublisher implements AutoCloseable {
  private static final long CLOSE_SECONDS = 5;

  private final SendSettings settings;
  private final Map<String, SendTarget> targets = new ConcurrentHashMap<>();
  private final Function<String, SendTarget> target;
  private final SendErrors errors;
  private final int mostBytes;
  private final ThreadPoolExecutor pool;
  private final Runnable closeClients;
  private volatile boolean closed;

  /** To queues. Connects to nothing yet. */
  static BatchPublisher sqs(SendSettings settings) throws SinkException {
    AwsClients clients = clients(settings);
    SqsClient sqs = clients.sqs();
    SendErrors errors = new SendErrors(settings.access(), "sqs:SendMessage");
    return new BatchPublisher(
        settings,
        errors,
        SqsTarget.MOST_BYTES,
        name -> new SqsTarget(sqs, name, errors),
        clients::close);
  }

  /** To topics. Connects to nothing yet. */
  static BatchPublisher sns(SendSettings settings) throws SinkException {
    AwsClients clients = clients(settings);
    Map<String, SnsClient> ofRegion = new ConcurrentHashMap<>(); // a topic is known in its own only
    SendErrors errors = new SendErrors(settings.access(), "sns:Publish");
    return new BatchPublisher(
        settings,
        errors,
        SnsTarget.MOST_BYTES,
        name ->
            new SnsTarget(region -> ofRegion.computeIfAbsent(region, clients::sns), name, errors),
        clients::close);
  }

  private static AwsClients clients(SendSettings settings) throws SinkException {
    try {
      return new AwsClients(settings.access(), settings.requests(), settings.answerLimit());
    } catch (SourceException e) {
      throw SinkException.permanent(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * @param mostBytes of a message, and of a request
   * @param target makes the one of a name
   * @param closeClients ends requests under way
   */
  private BatchPublisher(
      SendSettings settings,
      SendErrors errors,
      int mostBytes,
      Function<String, SendTarget> target,
      Runnable closeClients) {
    this.settings = settings;
    this.target = target;
    this.mostBytes = mostBytes;
    this.closeClients = closeClients;
    this.errors = errors;
    AtomicInteger number = new AtomicInteger();
    pool =
        new ThreadPoolExecutor(
            settings.requests(),
            settings.requests(),
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), // as many as the pump has in flight
            work -> {
              String name = "send-" + settings.name() + "-" + number.incrementAndGet();
              Thread thread = new Thread(work, name);
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
  }

  /**
   * The queue or topic of this name; asks nobody.
   *
   * @throws IllegalArgumentException where it can't be one's
   */
  SendTarget target(String name) {
    return targets.computeIfAbsent(name, target);
  }

  /** Looks for a queue or topic; waits for the answer. Null where messages name theirs. */
  void look(@Nullable String name) throws SinkException {
    if (name == null) return;
    SendTarget to;
    try {
      to = target(name);
    } catch (IllegalArgumentException e) {
      throw SinkException.permanent(settings.access().place() + ": " + e.getMessage(), e);
    }
    try {
      to.look();
    } catch (SdkException e) {
      SendResult result = errors.of(e, to);
      String why = settings.access().place() + ": " + result.detail();
      if (result.outcome() == Outcome.UNAVAILABLE) throw SinkException.temporary(why, e);
      throw SinkException.permanent(why, e);
    }
  }

  /** One result per message, in order. Never waits. */
  CompletableFuture<List<SendResult>> sendMessages(List<Message> batch) {
    return send(batch.stream().map(this::candidate).toList());
  }

  private Candidate candidate(Message message) {
    try {
      String to = settings.target().of(message);
      SendTarget unused = target(to); // a name that can't be one is this message's fault
      return new Candidate(SendEntry.of(message, to, settings.messageGroup()), null);
    } catch (IllegalArgumentException e) {
      return new Candidate(null, String.valueOf(e.getMessage()));
    }
  }

  /** What is to be sent, or why it can't be. */
  record Candidate(@Nullable SendEntry entry, @Nullable String unfit) {}

  /** One result per message, in order. Never waits. */
  CompletableFuture<List<SendResult>> send(List<Candidate> batch) {
    if (closed) return CompletableFuture.failedFuture(new IllegalStateException("closed"));
    List<@Nullable SendEntry> entries = new ArrayList<>(batch.size());
    List<@Nullable String> unfit = new ArrayList<>(batch.size());
    for (Candidate c : batch) {
      SendEntry entry = c.entry();
      String tooLarge = entry == null ? c.unfit() : entry.tooLarge(mostBytes, "the service");
      entries.add(tooLarge == null ? entry : null);
      unfit.add(tooLarge);
    }
    Sending sending = new Sending(entries, unfit);
    goOn(sending);
    return sending.done();
  }

  private void goOn(Sending sending) {
    for (Sending.Request request : sending.next(settings.maxBatchMessages(), mostBytes)) {
      try {
        pool.execute(() -> run(sending, request));
      } catch (RejectedExecutionException e) {
        failed(sending, request, SendResult.unavailable("the sink is closed", null));
      }
    }
  }

  private void run(Sending sending, Sending.Request request) {
    List<SendEntry> entries = request.entries();
    SendTarget to = target(entries.get(0).target());
    try {
      if (closed) {
        failed(sending, request, SendResult.unavailable("the sink is closed", null));
      } else {
        sending.take(request, call(to, entries), false);
      }
    } catch (SdkException e) {
      failed(sending, request, errors.of(e, to));
    } catch (RuntimeException | Error e) { // such as the HTTP client's once it is closed
      failed(sending, request, SendResult.unavailable(to + ": " + e, null));
    }
    goOn(sending);
  }

  private static void failed(Sending sending, Sending.Request request, SendResult result) {
    sending.take(request, request.items.stream().map(i -> result).toList(), true);
  }

  /** Where the request was refused for one of its messages: each alone, the others are innocent. */
  private List<SendResult> call(SendTarget to, List<SendEntry> entries) {
    try {
      return to.send(entries);
    } catch (SdkException e) {
      if (entries.size() == 1 || !SendErrors.isAboutContent(e)) throw e;
    }
    List<SendResult> results = new ArrayList<>();
    Map<String, SendResult> stopped = new HashMap<>();
    for (SendEntry entry : entries) {
      SendResult result = entry.lane() == null ? null : stopped.get(entry.lane());
      if (result == null) result = alone(to, entry);
      if (entry.lane() != null && Sending.comesAgain(result)) stopped.put(entry.lane(), result);
      results.add(result);
    }
    return results;
  }

  private SendResult alone(SendTarget to, SendEntry entry) {
    try {
      return to.send(List.of(entry)).get(0);
    } catch (SdkException e) {
      return errors.of(e, to);
    }
  }

  /** Requests under way end; what waits is unavailable. */
  @Override
  public void close() {
    closed = true;
    closeClients.run();
    pool.shutdown();
    try {
      boolean unused = pool.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
