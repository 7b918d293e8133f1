package io.amebobridge.kafka;

import java.time.Duration;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;

/** Where the consumer stands, without waiting for anybody. */
final class Positions {
  private Positions() {}

  /** The offset that it will give next; -1: not known right now. */
  static long of(Consumer<?, ?> consumer, TopicPartition partition) {
    try {
      return consumer.position(partition, Duration.ZERO);
    } catch (TimeoutException | WakeupException | IllegalStateException notNow) {
      return -1;
    }
  }
}
