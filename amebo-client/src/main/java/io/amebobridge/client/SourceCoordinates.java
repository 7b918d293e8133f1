package io.amebobridge.client;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where an event was read before it came to Amebo; kept with the event, so that a subscription can
 * start exactly where a legacy consumer stopped.
 *
 * @param system the broker, such as {@code kafka:<clusterId>}
 * @param stream the topic or queue
 * @param partition the partition, where the system has partitions
 * @param offset the offset, where the system has offsets
 */
public record SourceCoordinates(
    String system, String stream, @Nullable Integer partition, @Nullable Long offset) {
  public SourceCoordinates {
    Objects.requireNonNull(system, "system");
    Objects.requireNonNull(stream, "stream");
  }
}
