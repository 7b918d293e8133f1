package io.amebobridge.core;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a source stands in one lane.
 *
 * @param lane such as {@code user-events-3}
 * @param position the next offset to be handed out; -1 unknown
 * @param settled the next offset to be settled: all before it are; -1 unknown
 * @param end the broker's end of the lane; -1 unknown
 * @param labels for {@code /status}, and for metrics of what is known, such as topic and partition
 * @param retentionHeadroomSeconds how long until retention would remove the oldest unsettled
 *     message; null where unknown or without a limit
 */
public record LaneStatus(
    String lane,
    long position,
    long settled,
    long end,
    Map<String, String> labels,
    @Nullable Long retentionHeadroomSeconds) {
  /** Messages not yet settled; -1 unknown. */
  public long lag() {
    return end < 0 || settled < 0 ? -1 : Math.max(0, end - settled);
  }
}
