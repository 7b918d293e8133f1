package io.amebobridge.server.delivery;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of events that were read ahead are in memory, for all subscriptions together. No
 * one takes more than a share of what is free, so there is something left for the next; one event
 * may be had whatever is left, so nobody waits for another. Thread-safe.
 */
final class PageBudget {
  static final long BYTES = 64L << 20;
  private static final int SHARE = 8;
  private final AtomicLong free;

  PageBudget(long bytes) {
    this.free = new AtomicLong(bytes);
  }

  /** Takes up to so many; how many it took, which may be none. */
  long take(long most) {
    while (true) {
      long now = free.get();
      long taken = Math.min(most, Math.max(0, now) / SHARE);
      if (free.compareAndSet(now, now - taken)) {
        return taken;
      }
    }
  }

  /** What was taken turned out to be so many: one event may be more than was left. */
  void settle(long taken, long used) {
    free.addAndGet(taken - used);
  }

  void giveBack(long bytes) {
    free.addAndGet(bytes);
  }

  long free() {
    return free.get();
  }
}
