package io.amebobridge.core.pump;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All lanes of a pump: which may be sent from now, which wait for a retry. Confined to its thread.
 */
final class Lanes {
  private final Map<String, Lane> named = new HashMap<>();
  private final Deque<Lane> ready = new ArrayDeque<>();
  private final PriorityQueue<Lane> delayed =
      new PriorityQueue<>(Comparator.comparingLong(l -> l.notBefore));
  private long waitingEvents;

  /** Puts an item at the end of its lane; without a lane it is one of its own. */
  void add(Item item) {
    String name = item.delivery.lane();
    Lane lane = name == null ? new Lane(null) : named.computeIfAbsent(name, Lane::new);
    lane.waiting.add(item);
    waitingEvents += item.unsent().size();
    makeReady(lane);
  }

  /** Fills a batch from the ready lanes, in turn; null if nothing may be sent now. */
  @Nullable Batch next(PumpSettings settings, long now, Predicate<Item> owned) {
    wakeDelayed(now);
    Batch batch = new Batch();
    while (!ready.isEmpty() && fits(batch, ready.peek(), settings)) {
      Lane lane = ready.remove();
      lane.queued = false;
      take(lane, batch, settings, owned);
      if (batch.lanes.containsKey(lane)) lane.busy = true;
      else forgetIfEmpty(lane);
    }
    return batch.lanes.isEmpty() ? null : batch;
  }

  private void take(Lane lane, Batch batch, PumpSettings settings, Predicate<Item> owned) {
    while (!lane.waiting.isEmpty() && fits(batch, lane, settings)) {
      Item item = lane.waiting.remove();
      waitingEvents -= item.unsent().size();
      if (owned.test(item)) batch.add(lane, item);
    }
  }

  /** The first item always fits: a message larger than a batch is the sink's to refuse. */
  private static boolean fits(Batch batch, Lane lane, PumpSettings settings) {
    Item item = lane.waiting.peek();
    if (batch.events == 0 || item == null) return true;
    return batch.events + item.unsent().size() <= settings.batchEvents()
        && batch.bytes + item.bytes <= settings.batchBytes();
  }

  /** The lane's batch is back: what is unfinished goes to the front again, in order. */
  void release(Lane lane, List<Item> unfinished) {
    lane.busy = false;
    for (int i = unfinished.size() - 1; i >= 0; i--) {
      lane.waiting.addFirst(unfinished.get(i));
      waitingEvents += unfinished.get(i).unsent().size();
    }
    if (lane.waiting.isEmpty()) forgetIfEmpty(lane);
    else makeReady(lane);
  }

  /** As {@link #release}, to be sent again not before then. */
  void delay(Lane lane, List<Item> unfinished, long notBefore) {
    lane.notBefore = notBefore;
    release(lane, unfinished);
  }

  private void makeReady(Lane lane) {
    if (lane.busy || lane.queued) return;
    lane.queued = true;
    if (lane.attempt > 0) delayed.add(lane);
    else ready.add(lane);
  }

  private void wakeDelayed(long now) {
    for (Lane l = delayed.peek(); l != null && l.notBefore - now <= 0; l = delayed.peek()) {
      ready.add(delayed.remove());
    }
  }

  /** Takes out what waits in these lanes (null: in all) and is not under way. */
  List<Item> abandon(@Nullable Collection<String> names) {
    List<Item> gone = new ArrayList<>();
    List<Lane> affected = new ArrayList<>();
    if (names == null) {
      affected.addAll(named.values());
      ready.stream().filter(l -> l.name == null).forEach(affected::add);
      delayed.stream().filter(l -> l.name == null).forEach(affected::add);
    } else {
      names.stream().map(named::get).filter(l -> l != null).forEach(affected::add);
    }
    for (Lane lane : affected) {
      gone.addAll(lane.waiting);
      lane.waiting.forEach(i -> waitingEvents -= i.unsent().size());
      lane.waiting.clear();
      if (lane.queued) {
        ready.remove(lane);
        delayed.remove(lane);
        lane.queued = false;
      }
      forgetIfEmpty(lane);
    }
    return gone;
  }

  private void forgetIfEmpty(Lane lane) {
    if (lane.name != null && !lane.busy && lane.waiting.isEmpty()) named.remove(lane.name);
  }

  /** Messages that wait to be sent, delayed ones included. */
  long waitingEvents() {
    return waitingEvents;
  }

  boolean anyReady(long now) {
    wakeDelayed(now);
    return !ready.isEmpty();
  }

  /** Nanoseconds until the next delayed lane; {@link Long#MAX_VALUE} without one. */
  long untilNextDelayed(long now) {
    Lane lane = delayed.peek();
    return lane == null ? Long.MAX_VALUE : Math.max(0, lane.notBefore - now);
  }
}
