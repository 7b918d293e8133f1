package io.amebobridge.kafka;

import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Uuid;

/**
 * Remembers, in the metadata of a committed offset, which incarnation of the topic it belongs to: a
 * topic that was deleted and made again has the same name and offsets, but another id.
 */
final class TopicIdentity {
  private static final String PREFIX = "amebo-bridge topicId=";

  private TopicIdentity() {}

  static OffsetAndMetadata mark(long offset, Optional<Integer> leaderEpoch, Uuid topicId) {
    return new OffsetAndMetadata(offset, leaderEpoch, PREFIX + topicId);
  }

  /** False only when the offset is known to belong to another topic of this name. */
  static boolean mayBelongTo(OffsetAndMetadata committed, Uuid topicId) {
    String metadata = committed.metadata();
    return metadata == null || !metadata.startsWith(PREFIX) || metadata.equals(PREFIX + topicId);
  }
}
