package io.amebobridge.kafka;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.IsolationLevel;

/**
 * A source's part of the config.
 *
 * @param client Kafka's own options, as the user gave them
 * @param continueAfterLoss go on, after saying so, where messages were gone before they were read
 * @param maxUnsettled per partition, so that a blocked one does not starve the others
 * @param connectTimeout how long open may wait for the broker
 * @param commitInterval settled offsets are committed this often
 * @param watchInterval how often ends, topic ids and the broker's presence are looked at
 */
record KafkaSettings(
    String name,
    Map<String, String> client,
    TopicSelection topics,
    StartPosition start,
    boolean continueAfterLoss,
    int maxUnsettled,
    Duration connectTimeout,
    Duration commitInterval,
    Duration watchInterval) {
  /**
   * After this the group goes on without a bridge that was killed. Below Kafka's 45 s: a bridge
   * that was merely slow repeats messages, which their ids give away.
   */
  static final int SESSION_MILLIS = 10_000;

  KafkaSettings {
    client = Map.copyOf(client);
  }

  /** The place in the config, for messages. */
  String place() {
    return "sources." + name;
  }

  String bootstrap() {
    return client.getOrDefault("bootstrap.servers", "");
  }

  String group() {
    return client.getOrDefault("group.id", "");
  }

  IsolationLevel isolation() {
    return "read_uncommitted".equalsIgnoreCase(client.get("isolation.level"))
        ? IsolationLevel.READ_UNCOMMITTED
        : IsolationLevel.READ_COMMITTED;
  }

  /** Below the time after which the group goes on without this member. */
  Duration drainDeadline() {
    return Duration.ofMillis(
        Math.min(
                millis("session.timeout.ms", SESSION_MILLIS),
                millis("max.poll.interval.ms", 300_000))
            / 2);
  }

  private long millis(String option, long fallback) {
    String text = client.get(option);
    return text == null ? fallback : Long.parseLong(text.strip());
  }

  /** Without the options, some of which are secret. */
  @Override
  public String toString() {
    return "kafka " + name + " at " + bootstrap() + " group " + group() + " topics " + topics;
  }
}
