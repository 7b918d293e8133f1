package io.amebobridge.server.store;

import io.amebobridge.client.SourceCoordinates;
import org.jspecify.annotations.Nullable;

/**
 * An event that passed validation and waits for its id.
 *
 * @param payload JSON text in UTF-8, as sent; never changed after construction
 * @param sleepUntil not delivered before, in seconds since the epoch
 */
public record NewLogEvent(
    long actionId,
    byte[] payload,
    @Nullable String deduper,
    @Nullable String key,
    @Nullable SourceCoordinates source,
    @Nullable Long sleepUntil) {
  private static final long OVERHEAD = 200;

  /** About how much memory it takes. */
  long bytes() {
    SourceCoordinates from = source;
    return OVERHEAD
        + payload.length
        + length(deduper)
        + length(key)
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
