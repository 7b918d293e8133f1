package io.amebobridge.rabbitmq;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The one bounded buffer between the client's threads and the pump's (rule 1). The broker sends no
 * more than the prefetch (of a stream, and one chunk), which is what it is sized to, so nobody ever
 * waits to put something in. Thread-safe.
 */
final class HandOver {
  private final int capacity;
  private final Deque<Arrival> arrivals = new ArrayDeque<>();
  private int counted;
  private boolean woken;

  HandOver(int capacity) {
    this.capacity = capacity;
  }

  /** False where it is full, which the broker must not let happen. */
  synchronized boolean add(Arrival arrival) {
    boolean counts = arrival.consumption().isBounded();
    if (counts && counted >= capacity) return false;
    if (counts) counted++;
    arrivals.add(arrival);
    notifyAll();
    return true;
  }

  /** Ends the wait under way, or else the next. */
  synchronized void wake() {
    woken = true;
    notifyAll();
  }

  /** Waits until there is something, or somebody woke it; at most so long. True: woken. */
  synchronized boolean await(long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    while (arrivals.isEmpty() && !woken) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime() + 999_999);
      if (left <= 0) break;
      wait(left);
    }
    boolean was = woken;
    woken = false;
    return was;
  }

  /**
   * At most so many, in the order they came. What comes before its consumption is known to be read
   * stays: nobody would acknowledge it.
   */
  synchronized List<Arrival> take(int max) {
    List<Arrival> taken = new ArrayList<>(Math.min(max, arrivals.size()));
    for (Iterator<Arrival> i = arrivals.iterator(); taken.size() < max && i.hasNext(); ) {
      Arrival next = i.next();
      if (!next.consumption().isAdopted()) continue;
      if (next.consumption().isBounded()) counted--;
      i.remove();
      taken.add(next);
    }
    return taken;
  }

  /** Whether anything that came by this one was not taken yet. */
  synchronized boolean has(Consumption consumption) {
    return arrivals.stream().anyMatch(a -> a.consumption() == consumption);
  }

  /** What came on a channel that is gone comes again on the next. */
  synchronized void forget(Consumption consumption) {
    int before = arrivals.size();
    arrivals.removeIf(a -> a.consumption() == consumption);
    if (consumption.isBounded()) counted -= before - arrivals.size();
  }
}
