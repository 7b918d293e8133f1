package io.amebobridge.core.pump;

import io.amebobridge.core.Delivery;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Received and not yet routed, in the source's order. Routing is bounded in time per cycle, so that
 * slow expressions never keep the pump from polling (rule 2); the rest waits here.
 */
final class Unrouted {
  private final Deque<Delivery> waiting = new ArrayDeque<>();

  void add(List<Delivery> deliveries) {
    waiting.addAll(deliveries);
  }

  @Nullable Delivery next() {
    return waiting.poll();
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Takes out those of these lanes; null: all. Returns their bytes and how many they are. */
  Gone abandon(@Nullable Collection<String> lanes) {
    int count = 0;
    long bytes = 0;
    for (Iterator<Delivery> i = waiting.iterator(); i.hasNext(); ) {
      Delivery delivery = i.next();
      if (lanes != null && (delivery.lane() == null || !lanes.contains(delivery.lane()))) continue;
      count++;
      bytes += delivery.message().size();
      i.remove();
    }
    return new Gone(count, bytes);
  }

  /** What was taken out. */
  record Gone(int count, long bytes) {}
}
