package io.amebobridge.kafka;

import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Where to go on in a partition that was assigned.
 *
 * @param loss what was gone before it was read, for people; null: nothing
 */
record Placement(Uuid topicId, long offset, Optional<Integer> leaderEpoch, @Nullable String loss) {
  /** What the broker has of a partition. */
  record Found(Uuid topicId, long first, long end) {}

  /**
   * Decides.
   *
   * @param wanted the committed offset, or where reading stood; null: none, the partition appeared
   *     after the first start
   * @param known the topic's id when this source last saw it; null: never
   */
  static Placement decide(
      TopicPartition partition,
      Found found,
      @Nullable OffsetAndMetadata wanted,
      @Nullable Uuid known) {
    boolean recreated =
        (known != null && !known.equals(found.topicId()))
            || (wanted != null && !TopicIdentity.mayBelongTo(wanted, found.topicId()));
    if (recreated) {
      return atFirst(
          found,
          "the topic "
              + partition.topic()
              + " was deleted and created again; what was unread in the old one is gone");
    }
    if (wanted == null) return atFirst(found, null);
    long offset = wanted.offset();
    if (offset < found.first()) {
      return atFirst(
          found,
          "%d messages of %s (offsets %d to %d) were removed before they were read"
              .formatted(found.first() - offset, partition, offset, found.first() - 1));
    }
    if (offset > found.end()) {
      return atFirst(
          found,
          "%s ends at offset %d, before offset %d that was read: the broker lost messages"
              .formatted(partition, found.end(), offset));
    }
    return new Placement(found.topicId(), offset, wanted.leaderEpoch(), null);
  }

  private static Placement atFirst(Found found, @Nullable String loss) {
    return new Placement(found.topicId(), found.first(), Optional.empty(), loss);
  }
}
