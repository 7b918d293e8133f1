package io.amebobridge.core.pump;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Exponential backoff with full jitter, never sooner than Retry-After asks for, capped. Immutable
 * and thread-safe.
 *
 * @param initial the bound of the first delay; doubles with every attempt
 * @param max the cap of the bound
 * @param maxRetryAfter the cap of what a server may ask for
 * @param random from 0 to 1
 */
public record Backoff(
    Duration initial, Duration max, Duration maxRetryAfter, DoubleSupplier random) {
  public Backoff {
    if (initial.isNegative() || initial.isZero() || max.compareTo(initial) < 0) {
      throw new IllegalArgumentException(
          "backoff: got " + initial + " to " + max + ", allowed: a positive span");
    }
  }

  public static Backoff of(Duration initial, Duration max) {
    return new Backoff(
        initial, max, Duration.ofMinutes(5), () -> ThreadLocalRandom.current().nextDouble());
  }

  public static Backoff defaults() {
    return of(Duration.ofMillis(100), Duration.ofSeconds(30));
  }

  /** The delay in nanoseconds before attempt + 1. */
  long delayNanos(int attempt, @Nullable Duration retryAfter) {
    double doubled = (double) initial.toNanos() * (1L << Math.min(attempt, 30));
    double bound = Math.min((double) max.toNanos(), doubled);
    long jittered = (long) (bound * random.getAsDouble());
    if (retryAfter == null) return jittered;
    return Math.max(jittered, Math.min(retryAfter.toNanos(), maxRetryAfter.toNanos()));
  }
}
