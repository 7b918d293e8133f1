package io.amebobridge.server.delivery;

import io.amebobridge.server.store.OpenDelivery;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries to be made at their time: the nearest in memory, the others in the database alone.
 * Every open delivery that is due before {@link #beyond} is here; of those at or after it only what
 * is kept. Confined to one event loop.
 */
final class Agenda {
  private final int capacity;
  private final TreeSet<OpenDelivery> nearest = new TreeSet<>(OpenDelivery.BY_DUE);
  private final TreeSet<OpenDelivery> kept = new TreeSet<>(OpenDelivery.BY_DUE);
  private final Map<Long, OpenDelivery> byEvent = new HashMap<>();
  private @Nullable OpenDelivery beyond;

  /**
   * Makes one from the nearest in the database.
   *
   * @param complete whether there are no others
   */
  Agenda(int capacity, List<OpenDelivery> open, boolean complete) {
    this.capacity = capacity;
    end(open, complete);
    open.forEach(this::add);
  }

  /** Replaces what is known of its event. Its row must be written, or about to be. */
  void add(OpenDelivery delivery) {
    take(delivery.event());
    if (beyond != null && OpenDelivery.BY_DUE.compare(delivery, beyond) >= 0) {
      return; // to be read when its time is nearer
    }
    nearest.add(delivery);
    byEvent.put(delivery.event(), delivery);
    if (nearest.size() > capacity) {
      OpenDelivery farthest = nearest.last();
      take(farthest.event());
      beyond = farthest;
    }
  }

  /** The same for one that is put off without a word to the database: it stays in memory. */
  void keep(OpenDelivery delivery) {
    take(delivery.event());
    kept.add(delivery);
    byEvent.put(delivery.event(), delivery);
  }

  /** Takes the next one that is due; null where there is none in memory. */
  @Nullable OpenDelivery poll(long now) {
    OpenDelivery first = first();
    return first == null || first.due() > now ? null : take(first.event());
  }

  private @Nullable OpenDelivery first() {
    if (kept.isEmpty()) {
      return nearest.isEmpty() ? null : nearest.first();
    }
    OpenDelivery first = kept.first();
    return nearest.isEmpty() || OpenDelivery.BY_DUE.compare(first, nearest.first()) < 0
        ? first
        : nearest.first();
  }

  /** Takes out the one of this event; null where it is not in memory. */
  @Nullable OpenDelivery take(long event) {
    OpenDelivery found = byEvent.remove(event);
    if (found != null) {
      nearest.remove(found);
      kept.remove(found);
    }
    return found;
  }

  /** When the next one in memory is due; Long.MAX_VALUE where there is none. */
  long due() {
    OpenDelivery first = first();
    return first == null ? Long.MAX_VALUE : first.due();
  }

  /** From where on they are in the database alone; null where all are here. */
  @Nullable OpenDelivery beyond() {
    return beyond;
  }

  /** Whether it is time to read on from {@link #beyond}. */
  boolean wantsMore() {
    return beyond != null && nearest.size() + kept.size() <= capacity / 4;
  }

  /** What was read from {@link #beyond} on, in order, is about to be added. */
  void end(List<OpenDelivery> read, boolean complete) {
    if (complete || read.isEmpty()) {
      beyond = null;
    } else {
      OpenDelivery last = read.get(read.size() - 1);
      beyond = new OpenDelivery(last.event() + 1, last.state(), 0, last.due(), null);
    }
  }

  boolean has(long event) {
    return byEvent.containsKey(event);
  }

  int size() {
    return nearest.size();
  }
}
