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
 * Sends messages to queues of SQS, in batches. Accepted means that SQS has it.
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
 * <p>{@link #send} from any thread; open and close from one.
 */
final class SqsSink implements MessageSink {
  private final SendSettings settings;
  private volatile @Nullable BatchPublisher publisher;

  SqsSink(SendSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open() throws SinkException {
    BatchPublisher opened = BatchPublisher.sqs(settings);
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
    return "SqsSink[" + settings.access() + "]";
  }
}
