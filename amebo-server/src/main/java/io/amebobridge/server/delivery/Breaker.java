package io.amebobridge.server.delivery;

/**
 * Keeps a receiver that is down from wearing out the attempts of all its events: after so many
 * failures of the endpoint in a row only one probe at a time goes out. Not thread-safe.
 */
final class Breaker {
  private final int threshold;
  private final Backoff backoff;
  private int failures;
  private int failedProbes;
  private long openUntil;

  Breaker(int threshold, Backoff backoff) {
    this.threshold = threshold;
    this.backoff = backoff;
  }

  boolean open() {
    return failures >= threshold;
  }

  /** When the next probe may begin. */
  long openUntil() {
    return openUntil;
  }

  /**
   * Takes a result in.
   *
   * @param probe whether it is that of a probe; calls that were in flight when it opened tell
   *     nothing new by failing
   * @return whether this opened or closed it
   */
  boolean record(CallResult result, boolean probe, long now) {
    if (!result.endpointDown()) { // an answer of any kind: the endpoint lives
      boolean closed = open();
      failures = 0;
      failedProbes = 0;
      return closed;
    }
    boolean before = open();
    if (!before) {
      failures++;
    } else if (probe) {
      failedProbes++;
    } else {
      return false;
    }
    if (open()) {
      openUntil = now + backoff.after(failedProbes + 1).toMillis();
    }
    return !before && open();
  }
}
