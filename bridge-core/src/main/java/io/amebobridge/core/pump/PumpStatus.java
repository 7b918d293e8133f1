package io.amebobridge.core.pump;

import io.amebobridge.core.LaneStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a pump stands. Immutable. {@code received = accepted + filtered + deadLettered + abandoned
 * + inFlight}, always (rule 5).
 *
 * @param accepted duplicates included
 * @param retries batches that were unavailable
 * @param lastError the last thing that went wrong, even if it has passed
 * @param at when this was so
 * @param acceptedPerSecond averaged over about ten seconds
 * @param settledPerSecond the same per lane
 */
public record PumpStatus(
    String source,
    State state,
    long received,
    long accepted,
    long duplicates,
    long filtered,
    long deadLettered,
    long abandoned,
    long inFlight,
    long retries,
    @Nullable String lastError,
    @Nullable Instant lastErrorAt,
    Instant at,
    double acceptedPerSecond,
    Map<String, Double> settledPerSecond,
    List<LaneStatus> lanes) {
  /** The life of a pump. */
  public enum State {
    /** Connecting; it tries for ever. */
    STARTING,
    /** Both ends have answered. */
    RUNNING,
    /** An end that had answered does not now; it tries for ever. */
    WAITING,
    /** Stopped because it was asked to. */
    STOPPED,
    /** Stopped by an error that somebody must mend. */
    FAILED
  }

  /** Messages not yet settled, over all lanes; -1 while unknown. */
  public long lag() {
    if (lanes.isEmpty() || lanes.stream().anyMatch(l -> l.lag() < 0)) return -1;
    return lanes.stream().mapToLong(LaneStatus::lag).sum();
  }
}
