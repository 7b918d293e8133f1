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
 * Publishes messages to topics of SNS, in batches. Accepted means that SNS has it. What {@link
 * SqsSink} says holds here, but for the limit: 256 KiB. SNS itself would take more characters and
 * more attributes, yet its queues would not get such a message. A topic is asked in the region that
 * its ARN names, or at the endpoint configured.
 *
 * <p>{@link #send} from any thread; open and close from one.
 */
final class SnsSink implements MessageSink {
  private final SendSettings settings;
  private volatile @Nullable BatchPublisher publisher;

  SnsSink(SendSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open() throws SinkException {
    BatchPublisher opened = BatchPublisher.sns(settings);
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
    return "SnsSink[" + settings.access() + "]";
  }
}
