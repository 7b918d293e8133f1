package io.amebobridge.brokers;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings what one subscription has to its queue, in the order of publishing, several at once; what
 * fails is tried again before anything else. A publisher that is faster than the queue waits.
 * Thread-safe.
 */
final class SnsQueueLane implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MOST_AT_ONCE = 10;
  private static final int MOST_CHARS_AT_ONCE = 64 * 1024;
  private static final int MOST_WAITING = 1_000;

  private final SnsToSqs sqs;
  private final String arn;
  private final Duration retryAfter;
  private final Consumer<SnsDeliveries.Parcel> delivered;
  private final Consumer<SnsDeliveries.Parcel> refused;
  private final BlockingQueue<SnsDeliveries.Parcel> waiting =
      new ArrayBlockingQueue<>(MOST_WAITING);
  private final Thread thread;
  private @Nullable String url;

  /** Starts its thread. */
  SnsQueueLane(
      SnsToSqs sqs,
      String arn,
      Duration retryAfter,
      Consumer<SnsDeliveries.Parcel> delivered,
      Consumer<SnsDeliveries.Parcel> refused) {
    this.sqs = sqs;
    this.arn = arn;
    this.retryAfter = retryAfter;
    this.delivered = delivered;
    this.refused = refused;
    thread = new Thread(this::run, "local-sns-queue");
    thread.setDaemon(true);
    thread.start();
  }

  void add(SnsDeliveries.Parcel parcel) throws InterruptedException {
    waiting.put(parcel);
  }

  private void run() {
    try {
      List<SnsDeliveries.Parcel> next = new ArrayList<>();
      while (!Thread.currentThread().isInterrupted()) {
        if (next.isEmpty()) next.add(waiting.take());
        fill(next);
        if (!deliver(next)) TimeUnit.NANOSECONDS.sleep(retryAfter.toNanos());
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void fill(List<SnsDeliveries.Parcel> next) {
    int chars = next.stream().mapToInt(p -> p.body().length()).sum();
    SnsDeliveries.Parcel more = waiting.peek();
    while (more != null
        && next.size() < MOST_AT_ONCE
        && chars + more.body().length() < MOST_CHARS_AT_ONCE) {
      next.add(more);
      chars += more.body().length();
      waiting.remove();
      more = waiting.peek();
    }
  }

  /** True: each is delivered or refused for good, and none is left in the list. */
  private boolean deliver(List<SnsDeliveries.Parcel> parcels) throws InterruptedException {
    try {
      if (url == null) url = sqs.url(arn);
      JsonNode answer = sqs.call("SendMessageBatch", request(url, parcels));
      Map<Integer, Boolean> failed = new HashMap<>();
      for (JsonNode each : answer.path("Failed")) {
        failed.put(each.path("Id").asInt(), each.path("SenderFault").asBoolean());
      }
      finish(parcels, failed);
    } catch (SnsToSqs.Refused e) {
      url = null; // who knows where it is next time
      if (e.status == 429 || e.status >= 500) giveUpInTime(parcels);
      else finishAll(parcels, refused);
    } catch (IOException e) {
      giveUpInTime(parcels);
    }
    return parcels.isEmpty();
  }

  private static ObjectNode request(String url, List<SnsDeliveries.Parcel> parcels) {
    ObjectNode request = JSON.createObjectNode().put("QueueUrl", url);
    ArrayNode entries = request.putArray("Entries");
    for (int n = 0; n < parcels.size(); n++) {
      ObjectNode entry = parcels.get(n).sqs().deepCopy();
      entry.put("Id", Integer.toString(n)).put("MessageBody", parcels.get(n).body());
      entries.add(entry);
    }
    return request;
  }

  /** Those that failed and not for good are left. */
  private void finish(List<SnsDeliveries.Parcel> parcels, Map<Integer, Boolean> failed) {
    List<SnsDeliveries.Parcel> left = new ArrayList<>();
    for (int n = 0; n < parcels.size(); n++) {
      Boolean forGood = failed.get(n);
      if (forGood == null) delivered.accept(parcels.get(n));
      else if (forGood) refused.accept(parcels.get(n));
      else left.add(parcels.get(n));
    }
    parcels.clear();
    parcels.addAll(left);
    giveUpInTime(parcels);
  }

  private void giveUpInTime(List<SnsDeliveries.Parcel> parcels) {
    parcels.removeIf(
        parcel -> {
          boolean over = System.nanoTime() - parcel.until() > 0;
          if (over) refused.accept(parcel);
          return over;
        });
  }

  private static void finishAll(
      List<SnsDeliveries.Parcel> parcels, Consumer<SnsDeliveries.Parcel> how) {
    parcels.forEach(how);
    parcels.clear();
  }

  /** What it has not delivered is gone. */
  @Override
  public void close() {
    thread.interrupt();
  }
}
