package io.amebobridge.aws;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** About how many messages a queue has, asked for now and then. Confined to the pump's thread. */
final class Depth {
  private static final Logger LOG = LoggerFactory.getLogger(Depth.class);
  private static final long EVERY = TimeUnit.SECONDS.toNanos(15);

  private final QueueReader.Clients clients;
  private long messages = -1;
  private long next = System.nanoTime();
  private boolean asking;

  Depth(QueueReader.Clients clients) {
    this.clients = clients;
  }

  /** Those that are held, too; -1: not known. */
  long messages() {
    return messages;
  }

  void step(long now, String url) {
    if (asking || now - next < 0) return;
    asking = true;
    next = now + EVERY;
    clients
        .calls()
        .<Map<QueueAttributeName, String>>call(
            () ->
                clients
                    .sqs()
                    .getQueueAttributes(
                        q ->
                            q.queueUrl(url)
                                .attributeNames(
                                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
                    .attributes(),
            (found, failure) -> {
              asking = false;
              messages = found == null ? -1 : sum(found);
              if (failure != null) LOG.debug("no depth: {}", AwsErrors.reason(failure));
            });
  }

  private static long sum(Map<QueueAttributeName, String> numbers) {
    return numbers.values().stream().mapToLong(Long::parseLong).sum();
  }
}
