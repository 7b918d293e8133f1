package io.amebobridge.aws;

import io.amebobridge.core.Message;
import io.amebobridge.core.MessageSink;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SinkException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages to queues of SQS, or to topics of SNS, in batches. Accepted means that the service
 * has it. Of SQS:
 *
 * <ul>
 *   <li>The body is sent as it is. SQS takes text only, and not every character: what is no such
 *       text, and what is empty (a tombstone), is rejected with what is wrong.
 *   <li>Headers become message attributes as {@link SendAttributes} says, the id among them.
 *   <li>To a FIFO queue the message group is the message's key, else its lane, else the one
 *       configured; the deduplication id is the message's id, so that SQS drops a repeat within
 *       five minutes. Both as {@link FifoName} says where SQS has no room for them. A message
 *       without an id gets one of its own each time it is sent: no repeat of it is known.
 *   <li>More than 1 MiB with its attributes, or than the queue's own limit, is rejected.
 *   <li>A queue keeps the order of a lane if it is FIFO.
 * </ul>
 *
 * <p>An entry of a batch that SQS refuses as the sender's fault is rejected with SQS's code.
 * Throttling, 5xx, and no answer are unavailable. Refused credentials, a missing permission (that
 * of the KMS key included), and a queue that was never there are denied. Expired credentials are
 * denied where they are written in the config, else unavailable, since the SDK renews them.
 *
 * <p>The same holds for SNS, but for the limit: 256 KiB. SNS itself would take more characters and
 * more attributes, yet its queues would not get such a message. A topic is asked in the region that
 * its ARN names, or at the endpoint configured.
 *
 * <p>{@link #send} from any thread; open and close from one.
 */
final class AwsSink implements MessageSink {
  private final String service;
  private final Opening opening;
  private final SendSettings settings;
  private volatile @Nullable BatchPublisher publisher;

  private AwsSink(String service, Opening opening, SendSettings settings) {
    this.service = service;
    this.opening = opening;
    this.settings = settings;
  }

  static AwsSink sqs(SendSettings settings) {
    return new AwsSink("SQS", BatchPublisher::sqs, settings);
  }

  static AwsSink sns(SendSettings settings) {
    return new AwsSink("SNS", BatchPublisher::sns, settings);
  }

  private interface Opening {
    BatchPublisher with(SendSettings settings) throws SinkException;
  }

  @Override
  public void open() throws SinkException {
    BatchPublisher opened = opening.with(settings);
    try {
      opened.look(settings.target().always());
      publisher = opened;
    } finally {
      if (publisher != opened) opened.close();
    }
  }

  @Override
  public CompletionStage<List<SendResult>> send(List<Message> batch) {
    BatchPublisher open = publisher;
    if (open == null) return CompletableFuture.failedFuture(new IllegalStateException("not open"));
    return open.sendMessages(batch);
  }

  @Override
  public void close() {
    BatchPublisher open = publisher;
    if (open != null) open.close();
  }

  /** Without the credentials. */
  @Override
  public String toString() {
    return service + " sink[" + settings.access() + "]";
  }
}
