package io.amebobridge.core.config;

import java.time.Duration;

/**
 * {@code limits:} what one pump may hold, and for how long.
 *
 * @param maxInFlight messages read and not yet settled
 * @param maxInFlightBytes the same, in bytes
 * @param drainTimeout how long a stop or a revocation waits for what is in flight
 * @param backoff before a retry
 * @param expressionTimeout how long one expression may run on one message
 */
public record LimitsConfig(
    int maxInFlight,
    long maxInFlightBytes,
    Duration drainTimeout,
    Backoff backoff,
    Duration expressionTimeout) {
  public LimitsConfig {
    if (maxInFlight < 1 || maxInFlightBytes < 1) {
      throw new IllegalArgumentException("in-flight limits must be positive");
    }
    if (drainTimeout.isNegative()) throw new IllegalArgumentException("drainTimeout is negative");
    if (expressionTimeout.isNegative() || expressionTimeout.isZero()) {
      throw new IllegalArgumentException("expressionTimeout must be positive");
    }
  }

  /** Grows from initial to max. */
  public record Backoff(Duration initial, Duration max) {
    public Backoff {
      if (initial.isNegative() || initial.isZero() || max.compareTo(initial) < 0) {
        throw new IllegalArgumentException("backoff: initial must be positive and at most max");
      }
    }
  }
}
