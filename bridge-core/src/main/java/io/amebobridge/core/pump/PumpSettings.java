package io.amebobridge.core.pump;

import java.time.Duration;

/**
 * The bounds of a pump.
 *
 * @param maxInFlight messages received and not yet settled; at this the source is paused
 * @param maxInFlightBytes the same by size
 * @param batchEvents messages in one batch
 * @param batchBytes the same by size
 * @param batchesInFlight batches under way at once
 * @param linger how long a batch that is not full waits for more while another is under way
 * @param drainTimeout how long stop and revocation wait for what is under way
 * @param backoff between attempts
 * @param maxDeadLetterShare more than this share of dead letters in a window stops the pump, 0 to
 *     1; 1 never does
 * @param deadLetterWindow messages of one route that make a window
 */
public record PumpSettings(
    int maxInFlight,
    long maxInFlightBytes,
    int batchEvents,
    long batchBytes,
    int batchesInFlight,
    Duration linger,
    Duration drainTimeout,
    Backoff backoff,
    double maxDeadLetterShare,
    int deadLetterWindow) {
  public PumpSettings {
    positive(maxInFlight, "maxInFlight");
    positive(maxInFlightBytes, "maxInFlightBytes");
    positive(batchEvents, "batchEvents");
    positive(batchBytes, "batchBytes");
    positive(batchesInFlight, "batchesInFlight");
    positive(deadLetterWindow, "deadLetterWindow");
    if (maxDeadLetterShare < 0 || maxDeadLetterShare > 1) {
      throw new IllegalArgumentException(
          "maxDeadLetterShare: got " + maxDeadLetterShare + ", allowed: 0 to 1");
    }
  }

  public static PumpSettings defaults() {
    return new PumpSettings(
        10_000,
        64L << 20,
        500,
        1L << 20,
        4,
        Duration.ofMillis(5),
        Duration.ofSeconds(10),
        Backoff.defaults(),
        0.5,
        200);
  }

  private static void positive(long value, String name) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": got " + value + ", allowed: 1 or more");
    }
  }
}
