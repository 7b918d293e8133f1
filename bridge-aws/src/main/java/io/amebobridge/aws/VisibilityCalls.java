package io.amebobridge.aws;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResponse;

/** Changes how long messages of one queue are hidden. Confined to the pump's thread. */
final class VisibilityCalls {
  private static final Logger LOG = LoggerFactory.getLogger(VisibilityCalls.class);
  private static final int BATCH = 10;

  private final SqsClient sqs;
  private final SqsCalls calls;
  private final QueueName given;
  private final LongSupplier nanos;
  private String url = "";
  private int givingBack;

  /** By the clock of {@link System#nanoTime()}, or a test's. */
  VisibilityCalls(SqsClient sqs, SqsCalls calls, QueueName given, LongSupplier nanos) {
    this.sqs = sqs;
    this.calls = calls;
    this.given = given;
    this.nanos = nanos;
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

  /** At most ten; the entries' ids are their places in the list. */
  void renew(List<Held> batch, int[] seconds, Taker taker) {
    calls.<Answer>renew(
        () -> {
          long now = now();
          return new Answer(now, change(url, batch, seconds));
        },
        (answer, failure) ->
            taker.take(
                answer == null ? 0 : answer.sentAt(),
                answer == null ? null : answer.response(),
                failure));
  }

  /**
   * Makes them visible to others, in this order; what can't be given back becomes visible by
   * itself.
   */
  void giveBack(List<Held> messages) {
    List<Held> all = List.copyOf(messages);
    givingBack++;
    calls.<Integer>call(
        () -> giveBackNow(all),
        (given, failure) -> {
          givingBack--;
          if (failure != null) {
            LOG.debug("{}: not given back: {}", this.given, AwsErrors.reason(failure));
          }
        });
  }

  /** Whether all is given back, or can't be. */
  boolean isIdle() {
    return givingBack == 0;
  }

  private int giveBackNow(List<Held> messages) {
    int failed = 0;
    for (int i = 0; i < messages.size(); i += BATCH) {
      List<Held> batch = messages.subList(i, Math.min(messages.size(), i + BATCH));
      failed += change(url, batch, new int[batch.size()]).failed().size();
    }
    if (failed > 0) LOG.debug("{}: {} messages were not given back", given, failed);
    return messages.size() - failed;
  }

  private ChangeMessageVisibilityBatchResponse change(String at, List<Held> batch, int[] seconds)
      throws SdkException {
    List<ChangeMessageVisibilityBatchRequestEntry> entries = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      entries.add(
          ChangeMessageVisibilityBatchRequestEntry.builder()
              .id(Integer.toString(i))
              .receiptHandle(batch.get(i).handle)
              .visibilityTimeout(seconds[i])
              .build());
    }
    return sqs.changeMessageVisibilityBatch(r -> r.queueUrl(at).entries(entries));
  }
}
