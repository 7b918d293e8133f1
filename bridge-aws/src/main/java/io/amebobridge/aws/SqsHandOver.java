package io.amebobridge.aws;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The one buffer between the adapter's threads and the pump's (rule 1): messages received, of which
 * there are no more than the prefetch of all queues, and the results of calls, of which few are
 * under way at once. Thread-safe.
 */
final class SqsHandOver {
  private final Deque<Held> arrivals = new ArrayDeque<>();
  private final Deque<Runnable> results = new ArrayDeque<>();
  private boolean woken;

  synchronized void add(List<Held> received) {
    arrivals.addAll(received);
    notifyAll();
  }

  /** To be run on the pump's thread. */
  synchronized void result(Runnable result) {
    results.add(result);
    notifyAll();
  }

  /** Ends the wait under way, or else the next. */
  synchronized void wake() {
    woken = true;
    notifyAll();
  }

  /** Waits until there is something, or somebody woke it; at most so long. True: woken. */
  synchronized boolean await(long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    while (arrivals.isEmpty() && results.isEmpty() && !woken) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime() + 999_999);
      if (left <= 0) break;
      wait(left);
    }
    boolean was = woken;
    woken = false;
    return was;
  }

  /** In the order they came, which within a message group is the queue's. */
  synchronized List<Held> takeArrivals() {
    List<Held> taken = new ArrayList<>(arrivals);
    arrivals.clear();
    return taken;
  }

  synchronized List<Runnable> takeResults() {
    List<Runnable> taken = new ArrayList<>(results);
    results.clear();
    return taken;
  }
}
