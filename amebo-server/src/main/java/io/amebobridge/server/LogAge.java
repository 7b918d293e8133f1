package io.amebobridge.server;

import io.amebobridge.server.store.EventFilter;
import io.amebobridge.server.store.EventReader;
import io.amebobridge.server.store.LogEvent;
import java.time.InstantSource;
import java.util.List;

/** How old events are. Thread-safe. */
final class LogAge {
  private final EventReader events;
  private final InstantSource clock;

  LogAge(EventReader events, InstantSource clock) {
    this.events = events;
    this.clock = clock;
  }

  /**
   * Of the first of the newest events, in milliseconds; 0 where there is none. May block.
   *
   * @param newest how many
   */
  long ofFirst(long newest) {
    long after = events.head() - newest;
    List<LogEvent> found = events.recent(after, 1);
    if (found == null) {
      EventFilter filter = new EventFilter(null, null, null, null, after, null, null);
      found = events.list(filter, 1, 0).events();
    }
    return found.isEmpty() ? 0 : Math.max(0, clock.millis() - found.get(0).timestamped());
  }
}
