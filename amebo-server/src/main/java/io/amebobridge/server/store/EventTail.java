package io.amebobridge.server.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest events in memory, bounded by count and bytes, so that a subscription that keeps up
 * never reads back from the database. Thread-safe.
 */
final class EventTail {
  private final LogEvent[] ring;
  private final long maxBytes;
  private long first;
  private long next;
  private long bytes;

  EventTail(int capacity, long maxBytes, long head) {
    this.ring = new LogEvent[capacity];
    this.maxBytes = maxBytes;
    this.first = head + 1;
    this.next = head + 1;
  }

  /** Takes what was committed; where others' events are between, it goes on after them. */
  synchronized void append(List<LogEvent> committed) {
    for (LogEvent event : committed) {
      if (event.id() > next) {
        restart(event.id() - 1);
      }
      if (event.id() == next) {
        add(event);
      }
    }
  }

  private void add(LogEvent event) {
    if (next - first == ring.length) {
      evict();
    }
    ring[slot(next)] = event;
    bytes += event.bytes();
    next++;
    while (bytes > maxBytes && next - first > 1) {
      evict();
    }
  }

  /** The log has all up to this id; true where that is news. */
  synchronized boolean seen(long head) {
    if (head < next) {
      return false;
    }
    restart(head);
    return true;
  }

  /** Forgets what it has, and goes on after this id. */
  synchronized void restart(long head) {
    Arrays.fill(ring, null);
    bytes = 0;
    first = head + 1;
    next = head + 1;
  }

  /**
   * Up to max events after the given id, fewer where they have more bytes; null where they are no
   * longer all here.
   */
  synchronized @Nullable List<LogEvent> after(long id, int max, long maxBytes) {
    if (id + 1 < first) {
      return null;
    }
    long end = Math.min(next, id + 1 + max);
    List<LogEvent> found = new ArrayList<>((int) Math.max(0, end - id - 1));
    long size = 0;
    for (long i = id + 1; i < end && size < maxBytes; i++) {
      LogEvent event = ring[slot(i)];
      found.add(event);
      size += event.bytes();
    }
    return found;
  }

  synchronized long head() {
    return next - 1;
  }

  @SuppressWarnings("NullAway")
  private void evict() {
    bytes -= ring[slot(first)].bytes();
    ring[slot(first)] = null;
    first++;
  }

  private int slot(long id) {
    return (int) (id % ring.length);
  }
}
