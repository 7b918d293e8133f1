package io.amebobridge.server.store;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Which events to list; null means any.
 *
 * @param actions ids of actions
 * @param payload a text within the payload
 * @param from stored at or after, in milliseconds since the epoch
 * @param to stored before, in milliseconds since the epoch
 */
public record EventFilter(
    @Nullable Long id,
    @Nullable Collection<Long> actions,
    @Nullable String deduper,
    @Nullable String payload,
    @Nullable Long after,
    @Nullable Long from,
    @Nullable Long to) {
  public static EventFilter any() {
    return new EventFilter(null, null, null, null, null, null, null);
  }
}
