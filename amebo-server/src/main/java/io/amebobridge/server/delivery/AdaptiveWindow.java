package io.amebobridge.server.delivery;

/**
 * How many calls may be in flight: it grows by one for each success until the receiver first has
 * too much, then by one for each full window of successes, and halves where the receiver has too
 * much (additive increase, multiplicative decrease). Confined to one event loop.
 */
final class AdaptiveWindow {
  private static final int FIRST = 16;
  private final int cap;
  private double size;
  private boolean probed;
  private long begun;
  private long halvedAt;

  AdaptiveWindow(int cap) {
    this.cap = cap;
    this.size = Math.min(FIRST, cap);
  }

  /** At least 1. */
  int size() {
    return (int) size;
  }

  /** A call begins; its number is to be given back with how it ended. */
  long begin() {
    return ++begun;
  }

  void succeeded() {
    size = Math.min(cap, size + (probed ? 1 / size : 1));
  }

  /**
   * The receiver had too much. Of the calls that were in flight together only the first halves it:
   * the others tell of the same moment.
   *
   * @return whether it was halved
   */
  boolean overloaded(long call) {
    if (call <= halvedAt) {
      return false;
    }
    halvedAt = begun;
    probed = true;
    size = Math.max(1, size / 2);
    return true;
  }
}
