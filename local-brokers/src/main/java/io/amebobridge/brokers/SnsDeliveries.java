package io.amebobridge.brokers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings messages to HTTP endpoints and SQS queues, again and again until they are taken, refused
 * for good or given up; to a queue in their order. Thread-safe.
 */
final class SnsDeliveries implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int TOO_MANY = 429;

  private final LocalSns.Delivering rules;
  private final SnsToSqs sqs;
  private final Map<SnsSubscription, SnsQueueLane> queues = new ConcurrentHashMap<>();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "local-sns-deliveries");
            thread.setDaemon(true);
            return thread;
          });
  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();

  /**
   * One message on its way to one subscription.
   *
   * @param body as it is posted
   * @param sqs what a queue's message has besides, by SQS's names
   */
  record Parcel(
      SnsSubscription to, String type, String messageId, String body, ObjectNode sqs, long until) {}

  SnsDeliveries(LocalSns.Delivering rules, @Nullable URI sqs) {
    this.rules = rules;
    this.sqs = new SnsToSqs(http, sqs);
  }

  /** Underway or waiting for the next attempt. */
  int pending() {
    return pending.get();
  }

  /** Refused for good or given up, without a queue for dead letters. */
  int lost() {
    return lost.get();
  }

  void send(SnsSubscription to, String type, String messageId, String body, ObjectNode sqsParts) {
    pending.incrementAndGet();
    long until = System.nanoTime() + rules.giveUpAfter().toNanos();
    Parcel parcel = new Parcel(to, type, messageId, body, sqsParts, until);
    if (to.protocol.equals("sqs")) toQueue(parcel);
    else attempt(parcel);
  }

  private void toQueue(Parcel parcel) {
    try {
      queues
          .computeIfAbsent(
              parcel.to,
              to ->
                  new SnsQueueLane(
                      sqs,
                      to.endpoint,
                      rules.retryAfter(),
                      delivered -> pending.decrementAndGet(),
                      this::giveUp))
          .add(parcel);
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
      pending.decrementAndGet();
    }
  }

  private void attempt(Parcel parcel) {
    CompletableFuture<Integer> answer;
    try {
      answer = toHttp(parcel);
    } catch (IllegalArgumentException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    var unused =
        answer.whenComplete((status, failure) -> answered(parcel, failure == null ? status : 0));
  }

  /** As SNS judges: 429, 5xx and silence are tried again, other refusals are for good. */
  private void answered(Parcel parcel, int status) {
    boolean again = status == 0 || status == TOO_MANY || status >= 500;
    boolean moot = parcel.to.ended && parcel.type.equals("Notification");
    if (status / 100 == 2 || moot) {
      pending.decrementAndGet();
    } else if (again && System.nanoTime() - parcel.until < 0 && !timer.isShutdown()) {
      long wait = rules.retryAfter().toMillis();
      try {
        var unused = timer.schedule(() -> attempt(parcel), wait, TimeUnit.MILLISECONDS);
      } catch (java.util.concurrent.RejectedExecutionException closed) {
        pending.decrementAndGet();
      }
    } else {
      giveUp(parcel);
    }
  }

  private void giveUp(Parcel parcel) {
    String queue = parcel.to.deadLetterQueue();
    if (queue == null) {
      lost.incrementAndGet();
      pending.decrementAndGet();
      return;
    }
    try {
      ObjectNode message = parcel.sqs.deepCopy();
      message.put("QueueUrl", sqs.url(queue)).put("MessageBody", parcel.body);
      sqs.call("SendMessage", message);
    } catch (IOException e) {
      lost.incrementAndGet();
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
      lost.incrementAndGet();
    } finally {
      pending.decrementAndGet();
    }
  }

  private CompletableFuture<Integer> toHttp(Parcel parcel) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(parcel.to.endpoint))
            .timeout(rules.answerLimit())
            .header("Content-Type", "text/plain; charset=UTF-8")
            .header("User-Agent", "Amazon Simple Notification Service Agent")
            .header("x-amz-sns-message-type", parcel.type)
            .header("x-amz-sns-message-id", parcel.messageId)
            .header("x-amz-sns-topic-arn", parcel.to.topic)
            .POST(HttpRequest.BodyPublishers.ofString(parcel.body));
    if (parcel.type.equals("Notification")) {
      request.header("x-amz-sns-subscription-arn", parcel.to.arn);
      if (parcel.to.raw()) request.header("x-amz-sns-rawdelivery", "true");
    }
    return http.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding())
        .thenApply(HttpResponse::statusCode);
  }

  /** An SQS message's attributes, by SQS's names. */
  static ObjectNode attributes(Map<String, LocalSns.Attribute> attributes) {
    ObjectNode all = JSON.createObjectNode();
    attributes.forEach(
        (name, a) ->
            all.putObject(name)
                .put("DataType", a.type())
                .put(a.type().startsWith("Binary") ? "BinaryValue" : "StringValue", a.value()));
    return all;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    queues.values().forEach(SnsQueueLane::close);
  }
}
