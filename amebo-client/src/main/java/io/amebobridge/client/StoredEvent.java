package io.amebobridge.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event as the server has it. Ids grow in commit order on our server.
 *
 * @param event the id
 * @param payload JSON text
 * @param traceparent the publisher's, from our server
 */
public record StoredEvent(
    long event,
    String action,
    String payload,
    @Nullable String deduper,
    @Nullable SourceCoordinates source,
    Instant timestamped,
    @Nullable String traceparent) {
  /** An event that belongs to no trace. */
  public StoredEvent(
      long event,
      String action,
      String payload,
      @Nullable String deduper,
      @Nullable SourceCoordinates source,
      Instant timestamped) {
    this(event, action, payload, deduper, source, timestamped, null);
  }

  @Override
  public String toString() {
    return "StoredEvent[event=" + event + ", action=" + action + ", deduper=" + deduper + "]";
  }
}
