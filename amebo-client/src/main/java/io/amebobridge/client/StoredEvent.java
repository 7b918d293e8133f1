package io.amebobridge.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event as the server has it. Ids grow in commit order on our server.
 *
 * @param event the id
 * @param payload JSON text
 */
public record StoredEvent(
    long event,
    String action,
    String payload,
    @Nullable String deduper,
    @Nullable SourceCoordinates source,
    Instant timestamped) {
  @Override
  public String toString() {
    return "StoredEvent[event=" + event + ", action=" + action + ", deduper=" + deduper + "]";
  }
}
