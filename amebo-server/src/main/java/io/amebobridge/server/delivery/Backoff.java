package io.amebobridge.server.delivery;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Exponential backoff with full jitter. Immutable. */
record Backoff(Duration base, Duration cap) {
  /** How long to wait after so many failures in a row; anything from 1 ms to the bound. */
  Duration after(int failures) {
    return Duration.ofMillis(1 + ThreadLocalRandom.current().nextLong(bound(failures).toMillis()));
  }

  /** The longest wait after so many failures in a row. */
  Duration bound(int failures) {
    int doublings = Math.min(Math.max(failures, 1) - 1, 40);
    long millis = Math.max(1, base.toMillis());
    long grown = millis > cap.toMillis() >> doublings ? cap.toMillis() : millis << doublings;
    return Duration.ofMillis(Math.max(1, grown));
  }
}
