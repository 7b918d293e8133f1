package io.amebobridge.server.store;

import io.amebobridge.client.SourceCoordinates;
import org.jspecify.annotations.Nullable;

/**
 * An event that passed validation and waits for its id.
 *
 * @param payload JSON text in UTF-8, as sent; never changed after construction
 * @param sleepUntil not delivered before, in seconds since the epoch
 * @param traceparent a valid one of W3C
 */
public record NewLogEvent(
    long actionId,
    byte[] payload,
    @Nullable String deduper,
    @Nullable String key,
    @Nullable SourceCoordinates source,
    @Nullable Long sleepUntil,
    @Nullable String traceparent) {
  private static final long OVERHEAD = 200;

  /** An event that belongs to no trace. */
  public NewLogEvent(
      long actionId,
      byte[] payload,
      @Nullable String deduper,
      @Nullable String key,
      @Nullable SourceCoordinates source,
      @Nullable Long sleepUntil) {
    this(actionId, payload, deduper, key, source, sleepUntil, null);
  }

  /** About how much memory it takes. */
  long bytes() {
    SourceCoordinates from = source;
    return OVERHEAD
        + payload.length
        + length(deduper)
        + length(key)
        + length(traceparent)
        + (from == null ? 0 : length(from.system()) + length(from.stream()));
  }

  private static long length(@Nullable String text) {
    return text == null ? 0 : 2L * text.length();
  }

  @Override
  public String toString() {
    return "NewLogEvent[actionId=" + actionId + ", deduper=" + deduper + "]";
  }
}
