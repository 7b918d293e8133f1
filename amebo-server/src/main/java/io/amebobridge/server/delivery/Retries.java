package io.amebobridge.server.delivery;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries to be tried again, or for the first time at their hour. Confined to one event loop.
 */
final class Retries {
  /**
   * One of them.
   *
   * @param attempts made so far
   * @param due in milliseconds since the epoch
   */
  record Retry(long event, int attempts, long due) {}

  private final PriorityQueue<Retry> queue =
      new PriorityQueue<>(Comparator.comparingLong(Retry::due).thenComparingLong(Retry::event));
  private final Map<Long, Retry> byEvent = new HashMap<>();
  private int failed;

  void add(Retry retry) {
    byEvent.put(retry.event(), retry);
    queue.add(retry);
    failed += retry.attempts() > 0 ? 1 : 0;
  }

  /** The next one that is due; null where there is none. */
  @Nullable Retry poll(long now) {
    Retry first = queue.peek();
    if (first == null || first.due() > now) {
      return null;
    }
    remove(first);
    return first;
  }

  /** Takes out the one of this event; null where it is not among them. */
  @Nullable Retry take(long event) {
    Retry found = byEvent.get(event);
    if (found != null) {
      remove(found);
    }
    return found;
  }

  /** When the next one is due; Long.MAX_VALUE where there is none. */
  long due() {
    Retry first = queue.peek();
    return first == null ? Long.MAX_VALUE : first.due();
  }

  /** How many of them have failed at least once. */
  int failed() {
    return failed;
  }

  private void remove(Retry retry) {
    queue.remove(retry);
    byEvent.remove(retry.event());
    failed -= retry.attempts() > 0 ? 1 : 0;
  }
}
