package io.amebobridge.aws;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A source's part of the config. Immutable.
 *
 * @param queues each once, at least one
 * @param envelopes whether SNS's envelopes are unwrapped
 * @param receivers receives under way per queue
 * @param waitTime how long SQS waits for messages before it answers a receive
 * @param visibility how long a message is hidden unless renewed; null: as the queue says
 * @param prefetch messages held per queue
 * @param longest how long SQS lets a message be hidden, however often that is renewed
 * @param payloads what to do with payloads in S3
 * @param shadow a queue of the bridge's own, which is read instead; null: the application's
 */
record SqsSettings(
    String name,
    AwsAccess access,
    List<QueueName> queues,
    boolean envelopes,
    int receivers,
    Duration waitTime,
    @Nullable Duration visibility,
    int prefetch,
    Duration longest,
    LargePayloadSettings payloads,
    @Nullable ShadowSettings shadow) {
  /** "12 hours from the time SQS receives the ReceiveMessage request". */
  static final Duration LONGEST = Duration.ofHours(12);

  SqsSettings {
    queues = List.copyOf(queues);
  }

  /** The place in the config, for messages. */
  String place() {
    return "sources." + name;
  }

  /** What mappings see as the queue: of a shadow, the application's. */
  String seenAs(String queue) {
    return shadow != null && queue.equals(shadow.queue()) ? shadow.original().name() : queue;
  }

  /** How one queue is spoken of. */
  static String called(QueueName queue) {
    return "queue " + queue.name();
  }

  /** Without the keys. */
  @Override
  public String toString() {
    return "sqs " + name + " at " + access.address() + " queues " + queues;
  }
}
