package io.amebobridge.server.delivery;

import io.amebobridge.server.store.OpenDelivery;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Order within a key: of the events with one key the first holds it, from its first attempt until
 * it is delivered or dead, and the others stand in line by their ids. Events without a key, and all
 * of an unordered subscription, pass. Confined to one event loop.
 */
final class KeyLines {
  private static final class Line {
    long holder;
    final TreeSet<OpenDelivery> waiting =
        new TreeSet<>(Comparator.comparingLong(OpenDelivery::event));

    Line(long holder) {
      this.holder = holder;
    }
  }

  private final boolean ordered;
  private final Map<String, Line> lines = new HashMap<>();
  private final Set<Long> waiting = new HashSet<>();
  private final Deque<OpenDelivery> next = new ArrayDeque<>();

  KeyLines(boolean ordered) {
    this.ordered = ordered;
  }

  /**
   * Gives the keys to what is being tried again since before a restart, the first of each key.
   *
   * @return those that may be tried when they are due; the others stand in line
   */
  List<OpenDelivery> resume(List<OpenDelivery> open) {
    Set<Long> inLine = new HashSet<>();
    open.stream()
        .filter(OpenDelivery::retrying)
        .sorted(Comparator.comparingLong(OpenDelivery::event))
        .filter(delivery -> !enter(delivery))
        .forEach(delivery -> inLine.add(delivery.event()));
    return open.stream().filter(delivery -> !inLine.contains(delivery.event())).toList();
  }

  /** Whether it may be tried; otherwise it stands in line until {@link #next} gives it out. */
  boolean enter(OpenDelivery delivery) {
    String key = delivery.key();
    if (!ordered || key == null) {
      return true;
    }
    Line line = lines.computeIfAbsent(key, absent -> new Line(delivery.event()));
    if (line.holder == delivery.event()) {
      return true;
    }
    line.waiting.add(delivery);
    waiting.add(delivery.event());
    return false;
  }

  /** Whether {@link #enter} would let it be tried. */
  boolean lets(OpenDelivery delivery) {
    String key = delivery.key();
    Line line = ordered && key != null ? lines.get(key) : null;
    return line == null || line.holder == delivery.event();
  }

  /** It is delivered or dead: its key goes to the next in line. */
  void leave(long event, @Nullable String key) {
    Line line = ordered && key != null ? lines.get(key) : null;
    if (line == null || line.holder != event) {
      return;
    }
    OpenDelivery following = line.waiting.pollFirst();
    if (following == null) {
      lines.remove(key);
    } else {
      line.holder = following.event();
      waiting.remove(following.event());
      next.add(following);
    }
  }

  /** One that got its key since it stood in line; null where there is none. */
  @Nullable OpenDelivery next() {
    return next.poll();
  }

  /** Takes out the one of this event that {@link #next} would give; null where it would not. */
  @Nullable OpenDelivery takeNext(long event) {
    for (OpenDelivery found : next) {
      if (found.event() == event) {
        next.remove(found);
        return found;
      }
    }
    return null;
  }

  /** Makes it the next to be given out; it has its key, or none. */
  void first(OpenDelivery delivery) {
    next.addFirst(delivery);
  }

  boolean hasNext() {
    return !next.isEmpty();
  }

  /** Takes an event out of its line again. */
  void withdraw(long event, @Nullable String key) {
    Line line = key == null ? null : lines.get(key);
    if (line != null && waiting.remove(event)) {
      line.waiting.removeIf(delivery -> delivery.event() == event);
    }
  }

  /** Whether it has its key. */
  boolean holds(long event, @Nullable String key) {
    Line line = ordered && key != null ? lines.get(key) : null;
    return line != null && line.holder == event;
  }

  boolean waits(long event) {
    return waiting.contains(event);
  }

  /** How many stand in line. */
  int waiting() {
    return waiting.size() + next.size();
  }
}
