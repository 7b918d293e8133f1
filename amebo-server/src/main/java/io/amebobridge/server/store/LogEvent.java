package io.amebobridge.server.store;

import io.amebobridge.client.SourceCoordinates;
import org.jspecify.annotations.Nullable;

/**
 * An event in the log.
 *
 * @param timestamped when it was stored, in milliseconds since the epoch
 * @param traceparent the publisher's, of W3C
 */
public record LogEvent(
    long id,
    long actionId,
    byte[] payload,
    @Nullable String deduper,
    @Nullable String key,
    @Nullable SourceCoordinates source,
    @Nullable Long sleepUntil,
    long timestamped,
    @Nullable String traceparent) {
  static LogEvent of(long id, NewLogEvent e, long timestamped) {
    return new LogEvent(
        id,
        e.actionId(),
        e.payload(),
        e.deduper(),
        e.key(),
        e.source(),
        e.sleepUntil(),
        timestamped,
        e.traceparent());
  }

  /** About how much memory it takes. */
  public long bytes() {
    return new NewLogEvent(actionId, payload, deduper, key, source, sleepUntil, traceparent)
        .bytes();
  }

  @Override
  public String toString() {
    return "LogEvent[id=" + id + ", actionId=" + actionId + "]";
  }
}
