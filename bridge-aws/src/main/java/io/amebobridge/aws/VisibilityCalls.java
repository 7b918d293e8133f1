package io.amebobridge.aws;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResponse;

/** Changes how long messages of one queue are hidden. Confined to the pump's thread. */
final class VisibilityCalls {
  private static final Logger LOG = LoggerFactory.getLogger(VisibilityCalls.class);
  private static final int BATCH = 10;

  /** Of message groups that are given back side by side. */
  private static final int CHAINS = SqsCalls.THREADS;

  private final SqsClient sqs;
  private final SqsCalls calls;
  private final QueueName given;
  private final LongSupplier nanos;
  private String url = "";
  private int givingBack;
  private int notGivenBack;
  private long hiddenUntil;

  /** By the clock of {@link System#nanoTime()}, or a test's. */
  VisibilityCalls(SqsClient sqs, SqsCalls calls, QueueName given, LongSupplier nanos) {
    this.sqs = sqs;
    this.calls = calls;
    this.given = given;
    this.nanos = nanos;
    hiddenUntil = nanos.getAsLong();
  }

  long now() {
    return nanos.getAsLong();
  }

  void url(String of) {
    url = of;
  }

  /** Takes an answer, or a failure, on the pump's thread. */
  interface Taker {
    void take(
        long sentAt,
        @Nullable ChangeMessageVisibilityBatchResponse answer,
        @Nullable Throwable failure);
  }

  private record Answer(long sentAt, ChangeMessageVisibilityBatchResponse response) {}

  /** What a call needs of a message, as it is when the call is asked for. */
  private record Entry(String handle, long deadline, int seconds) {}

  /**
   * At most ten; the entries' ids are their places in the list. Where the turn comes too late for
   * one, it is left out: others may have it, and hiding it would be wrong.
   */
  void renew(List<Held> batch, int[] seconds, Taker taker) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Held message = batch.get(i);
      entries.add(new Entry(message.handle, message.deadline, seconds[i]));
    }
    String at = url;
    calls.<Answer>renew(
        () -> {
          long now = now();
          return new Answer(now, change(at, entries, now));
        },
        (answer, failure) ->
            taker.take(
                answer == null ? 0 : answer.sentAt(),
                answer == null ? null : answer.response(),
                failure));
  }

  int renewers() {
    return calls.renewers();
  }

  /**
   * Makes them visible to others, the latest first; of a message group one after the other, of what
   * has none side by side. What can't be given back becomes visible by itself.
   */
  void giveBack(List<Held> messages) {
    Map<Integer, List<Entry>> chains = new HashMap<>();
    List<Held> all = new ArrayList<>(messages);
    all.sort(Comparator.comparingLong((Held h) -> h.number).reversed());
    for (int i = 0; i < all.size(); i++) {
      Held message = all.get(i);
      String lane = message.lane();
      int chain = lane == null ? i / BATCH : Math.floorMod(lane.hashCode(), CHAINS);
      chains
          .computeIfAbsent(chain, c -> new ArrayList<>())
          .add(new Entry(message.handle, message.deadline, 0));
    }
    chains.values().forEach(this::giveBackChain);
  }

  private void giveBackChain(List<Entry> chain) {
    AtomicInteger done = new AtomicInteger();
    String at = url;
    givingBack += chain.size();
    for (Entry each : chain) {
      if (hiddenUntil - each.deadline() < 0) hiddenUntil = each.deadline();
    }
    calls.<Boolean>call(
        () -> {
          giveBackNow(at, chain, done);
          return true;
        },
        (ended, failure) -> {
          givingBack -= chain.size();
          notGivenBack += chain.size() - done.get();
          if (failure != null) {
            LOG.debug("{}: not given back: {}", given, AwsErrors.reason(failure));
          }
        });
  }

  /** Whether all is given back, or can't be. */
  boolean isIdle() {
    return givingBack == 0;
  }

  /** What failed until now is no more to be counted. */
  void countAnew() {
    notGivenBack = 0;
    hiddenUntil = now();
  }

  /** How many could not be given back, or were not in time; they become visible by themselves. */
  int notGivenBack() {
    return notGivenBack + givingBack;
  }

  /** When all that was to be given back is visible in any case. */
  long hiddenUntil() {
    return hiddenUntil;
  }

  /** What fails does not keep the next ten from being tried. */
  private void giveBackNow(String at, List<Entry> chain, AtomicInteger done) {
    SdkException first = null;
    for (int i = 0; i < chain.size() && !Thread.currentThread().isInterrupted(); i += BATCH) {
      List<Entry> batch = chain.subList(i, Math.min(chain.size(), i + BATCH));
      try {
        int failed = 0;
        for (BatchResultErrorEntry entry : change(at, batch, now()).failed()) {
          AwsErrors.Kind kind =
              AwsErrors.kind(entry.code(), Boolean.TRUE.equals(entry.senderFault()));
          if (kind != AwsErrors.Kind.STALE) failed++; // stale: it is visible, or with others
        }
        done.addAndGet(batch.size() - failed);
      } catch (SdkException e) {
        if (first == null) first = e;
      }
    }
    if (first != null) throw first;
  }

  /** Of those that are surely hidden still. */
  private ChangeMessageVisibilityBatchResponse change(String at, List<Entry> batch, long now)
      throws SdkException {
    List<ChangeMessageVisibilityBatchRequestEntry> entries = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Entry each = batch.get(i);
      if (now - each.deadline() >= 0) continue;
      entries.add(
          ChangeMessageVisibilityBatchRequestEntry.builder()
              .id(Integer.toString(i))
              .receiptHandle(each.handle())
              .visibilityTimeout(each.seconds())
              .build());
    }
    if (entries.isEmpty()) return ChangeMessageVisibilityBatchResponse.builder().build();
    return sqs.changeMessageVisibilityBatch(r -> r.queueUrl(at).entries(entries));
  }
}
