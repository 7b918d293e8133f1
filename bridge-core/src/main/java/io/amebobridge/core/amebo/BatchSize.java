package io.amebobridge.core.amebo;

/**
 * How many bytes a request may have: what is configured, or less where something on the way (a
 * proxy with a limit of its own) answered 413. Halves at once, so that not every batch has to find
 * out again, and grows back slowly, as limits are raised too. Thread-safe.
 */
final class BatchSize {
  private static final int GROWTH = 1024;

  private final long most;
  private long working;

  BatchSize(long most) {
    this.most = most;
    this.working = most;
  }

  synchronized long bytes() {
    return working;
  }

  /** A request of this size was too large; gives the size to try now. */
  synchronized long tooLarge(long bytes) {
    working = Math.max(1, Math.min(working, bytes / 2));
    return working;
  }

  /** A request of this size went through. One that leaves room is no sign of a higher limit. */
  synchronized void wentThrough(long bytes) {
    if (working < most && bytes > working / 2) {
      working = Math.min(most, working + working / GROWTH + 1);
    }
  }
}
