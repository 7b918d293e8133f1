package io.amebobridge.core.pump;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The time a pump goes by; tests step their own.
 *
 * @param nanos as {@link System#nanoTime()}
 */
public record PumpClock(LongSupplier nanos, InstantSource instants) {
  public static PumpClock system() {
    return new PumpClock(System::nanoTime, InstantSource.system());
  }
}
