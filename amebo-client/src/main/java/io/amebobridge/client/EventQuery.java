package io.amebobridge.client;

import org.jspecify.annotations.Nullable;

/**
 * Which events to list; null means any.
 *
 * @param after only events with a greater id
 * @param limit at most this many, in the order of their ids
 */
public record EventQuery(
    @Nullable String action, @Nullable String deduper, @Nullable Long after, int limit) {
  public static EventQuery byDeduper(String deduper) {
    return new EventQuery(null, deduper, null, 15);
  }
}
