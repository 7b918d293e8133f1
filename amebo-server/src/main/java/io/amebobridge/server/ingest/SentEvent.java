package io.amebobridge.server.ingest;

import io.amebobridge.client.Secret;
import io.amebobridge.client.SourceCoordinates;
import org.jspecify.annotations.Nullable;

/**
 * An event as it came in, not yet trusted.
 *
 * @param traceparent a valid one, or null
 * @param problem why it cannot be taken; then the rest may be missing
 */
record SentEvent(
    @Nullable String action,
    @Nullable Secret secret,
    @Nullable String deduper,
    @Nullable String key,
    @Nullable SourceCoordinates source,
    @Nullable Long sleepUntil,
    @Nullable String traceparent,
    @Nullable SentPayload payload,
    @Nullable String problem) {
  @Override
  public String toString() {
    return "SentEvent[action=" + action + ", deduper=" + deduper + "]";
  }
}
