package io.amebobridge.core.pump;

/** Units per second, averaged exponentially over about ten seconds. Confined to one thread. */
final class Rate {
  private static final double WINDOW_NANOS = 10e9;

  private boolean started;
  private long lastCount;
  private long lastNanos;
  private double perSecond;

  /** Takes a count that only grows; a smaller one than before starts anew. */
  void update(long count, long nanos) {
    long elapsed = nanos - lastNanos;
    if (started && elapsed <= 0) return;
    if (started && count >= lastCount) {
      double now = (count - lastCount) * 1e9 / elapsed;
      perSecond += (now - perSecond) * (1 - Math.exp(-elapsed / WINDOW_NANOS));
    }
    started = true;
    lastCount = count;
    lastNanos = nanos;
  }

  double perSecond() {
    return perSecond;
  }
}
