package io.amebobridge.server.delivery;

/**
 * Keeps a receiver that is down from wearing out the attempts of all its events: after so many
 * failures of the endpoint in a row only one probe at a time goes out. Confined to one event loop.
 */
final class Breaker {
  private final int threshold;
  private final Backoff backoff;
  private int failures;
  private long openUntil;

  Breaker(int threshold, Backoff backoff) {
    this.threshold = threshold;
    this.backoff = backoff;
  }

  boolean open() {
    return failures >= threshold;
  }

  /** Whether another call may begin. */
  boolean admits(long now, int inFlight) {
    return !open() || (inFlight == 0 && now >= openUntil);
  }

  /** When the next probe may begin. */
  long openUntil() {
    return openUntil;
  }

  /** True where this result opened or closed it. */
  boolean record(CallResult result, long now) {
    boolean before = open();
    if (result.endpointDown()) {
      failures++;
      if (open()) {
        openUntil = now + backoff.after(failures - threshold + 1).toMillis();
      }
    } else {
      failures = 0; // an answer of any kind: the endpoint lives
    }
    return before != open();
  }
}
