package io.amebobridge.aws;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;

/** Receives from one queue for as long as its gate is open; on a thread of its own. */
final class Receiver implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Receiver.class);

  /** The most that SQS gives at once. */
  private static final int BATCH = 10;

  /** Between two receives that don't wait and bring nothing. */
  private static final long SHORT_POLL_MILLIS = 100;

  private final SqsSettings settings;
  private final SqsQueue queue;
  private final QueueReader reader;
  private final ReceiveGate gate;
  private final SqsClient sqs;
  private final SqsHandOver handOver;
  private final SqsMessage messages;

  /** Of a FIFO queue: who asks again with it gets what the lost answer had. */
  private @Nullable String attempt;

  Receiver(
      SqsSettings settings,
      SqsQueue queue,
      QueueReader reader,
      ReceiveGate gate,
      SqsClient sqs,
      SqsHandOver handOver) {
    this.settings = settings;
    this.queue = queue;
    this.reader = reader;
    this.gate = gate;
    this.sqs = sqs;
    this.handOver = handOver;
    messages = new SqsMessage(settings, queue);
  }

  @Override
  public void run() {
    try {
      int granted = gate.reserve(BATCH);
      while (granted > 0) {
        int received = 0;
        try {
          received = receive(granted);
        } catch (RuntimeException | Error e) { // of memory too: what is held may go meanwhile
          gate.failed(AwsErrors.Kind.SERVICE, "the bridge has a fault of its own: " + e);
          LOG.error("{}: receiving from {}", settings.name(), queue.given(), e);
        } finally {
          gate.release(granted - received);
        }
        if (received == 0 && settings.waitTime().isZero()) gate.pause(SHORT_POLL_MILLIS);
        granted = gate.reserve(BATCH);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private int receive(int most) {
    long asked = System.nanoTime();
    List<Message> received;
    try {
      received = sqs.receiveMessage(request(most)).messages();
    } catch (SdkException | IllegalStateException e) {
      if (!gate.isClosed()) failed(e);
      return 0;
    }
    attempt = null;
    long hiddenSince = hiddenSince(asked, System.nanoTime());
    List<Held> held = new ArrayList<>(received.size());
    for (Message each : received) held.add(held(each, hiddenSince));
    for (Held each : held) gate.hold(each.message.size());
    gate.succeeded();
    if (!held.isEmpty()) handOver.add(held);
    return held.size();
  }

  private void failed(RuntimeException failure) {
    AwsErrors.Kind kind = AwsErrors.kind(failure);
    boolean unanswered = kind == AwsErrors.Kind.NETWORK || kind == AwsErrors.Kind.SERVICE;
    if (!unanswered) attempt = null;
    gate.failed(
        kind,
        AwsErrors.text(
            settings.access(), SqsSettings.called(queue.given()), "sqs:ReceiveMessage", failure));
  }

  private ReceiveMessageRequest request(int most) {
    ReceiveMessageRequest.Builder request =
        ReceiveMessageRequest.builder()
            .queueUrl(queue.url())
            .maxNumberOfMessages(most)
            .waitTimeSeconds(Math.toIntExact(settings.waitTime().toSeconds()))
            .visibilityTimeout(Math.toIntExact(queue.visibility().toSeconds()))
            .messageSystemAttributeNames(MessageSystemAttributeName.ALL)
            .messageAttributeNames("All");
    if (queue.isFifo()) {
      if (attempt == null) attempt = UUID.randomUUID().toString();
      request.receiveRequestAttemptId(attempt);
    }
    return request.build();
  }

  /**
   * SQS counts from its own taking, which is between question and answer: the answer's time, less
   * what an answer may have been on its way.
   */
  private long hiddenSince(long asked, long answered) {
    Duration margin = queue.visibility().dividedBy(5);
    return Math.max(asked, answered - margin.toNanos());
  }

  private Held held(Message received, long hiddenSince) {
    SqsMessage.Read read = messages.read(received);
    Held held =
        new Held(
            reader,
            received.messageId(),
            received.receiptHandle(),
            read.message(),
            hiddenSince + queue.visibility().toNanos(),
            hiddenSince + settings.longest().toNanos() - TimeUnit.SECONDS.toNanos(1));
    held.pointer = read.pointer();
    held.sent = sent(received);
    return held;
  }

  private static long sent(Message received) {
    String millis = received.attributes().get(MessageSystemAttributeName.SENT_TIMESTAMP);
    return millis == null ? 0 : Long.parseLong(millis);
  }
}
