package io.amebobridge.server.delivery;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * The contiguous end of what is on record: every event taken at or below it has a delivery row.
 * Confined to one event loop.
 */
final class Watermark {
  private final Deque<Long> taken = new ArrayDeque<>();
  private final Set<Long> recorded = new HashSet<>();

  /** An event was taken from the log; in the order of their ids. */
  void taken(long event) {
    taken.addLast(event);
  }

  /** Its row is written, or about to be in the transaction that also writes the cursor. */
  void recorded(long event) {
    if (taken.isEmpty() || event < taken.peekFirst()) {
      return; // a retry, passed long ago
    }
    recorded.add(event);
    while (!taken.isEmpty() && recorded.remove(taken.peekFirst())) {
      taken.removeFirst();
    }
  }

  /** How many events it remembers, taken since the first that is not on record. */
  int size() {
    return taken.size();
  }

  /** The cursor, given the last event that the feed has passed. */
  long cursor(long position) {
    return taken.isEmpty() ? position : taken.peekFirst() - 1;
  }
}
