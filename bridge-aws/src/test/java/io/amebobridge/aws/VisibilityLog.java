package io.amebobridge.aws;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResponse;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResultEntry;

/** An SQS that lets everybody hide everything, and writes it down. Thread-safe. */
class VisibilityLog implements SqsClient {
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private volatile String refused = "";
  private volatile CountDownLatch held = new CountDownLatch(0);

  /** Each message's {@code handle=seconds}; those of one call are in one text. */
  List<String> calls() {
    return List.copyOf(calls);
  }

  /** Until these were asked for, in whatever batches. */
  void await(String... entries) {
    org.awaitility.Awaitility.await().until(() -> hasAll(entries));
  }

  private boolean hasAll(String... entries) {
    return List.of(String.join(" ", calls).split(" ")).containsAll(List.of(entries));
  }

  /** From now on no call is answered, until released. */
  void hold() {
    held = new CountDownLatch(1);
  }

  void release() {
    held.countDown();
  }

  /** Calls that have this handle fail. */
  void refuse(String handle) {
    refused = handle;
  }

  @Override
  public ChangeMessageVisibilityBatchResponse changeMessageVisibilityBatch(
      ChangeMessageVisibilityBatchRequest request) {
    List<String> said = new ArrayList<>();
    List<ChangeMessageVisibilityBatchResultEntry> done = new ArrayList<>();
    for (ChangeMessageVisibilityBatchRequestEntry entry : request.entries()) {
      said.add(entry.receiptHandle() + "=" + entry.visibilityTimeout());
      done.add(ChangeMessageVisibilityBatchResultEntry.builder().id(entry.id()).build());
    }
    if (said.contains(refused + "=0")) throw SdkClientException.create("as asked for");
    calls.add(String.join(" ", said));
    try {
      held.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return ChangeMessageVisibilityBatchResponse.builder().successful(done).build();
  }

  @Override
  public String serviceName() {
    return "sqs";
  }

  @Override
  public void close() {}
}
