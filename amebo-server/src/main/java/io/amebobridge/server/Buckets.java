package io.amebobridge.server;

import java.time.Duration;
import java.util.stream.IntStream;

/** The histograms' bounds. */
final class Buckets {
  static final Duration[] COMMIT = millis(1, 2, 5, 10, 20, 50, 100, 250, 1000, 5000);
  static final Duration[] HTTP = millis(1, 2, 5, 10, 25, 50, 100, 250, 1000, 5000, 30_000);

  /** Up to an hour: a receiver may be down for long. */
  static final Duration[] LATENCY =
      millis(1, 2, 3, 5, 10, 15, 25, 50, 100, 250, 1000, 5000, 30_000, 120_000, 600_000, 3_600_000);

  private Buckets() {}

  private static Duration[] millis(int... bounds) {
    return IntStream.of(bounds).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
  }
}
