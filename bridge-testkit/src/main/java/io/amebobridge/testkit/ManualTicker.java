package io.amebobridge.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Time that moves only when a test says so: nanoseconds as {@link System#nanoTime()} gives them,
 * and instants. Thread-safe.
 */
public final class ManualTicker implements LongSupplier, InstantSource {
  private final Instant start;
  private final AtomicLong nanos = new AtomicLong();

  public ManualTicker() {
    this(Instant.parse("2026-01-01T00:00:00Z"));
  }

  public ManualTicker(Instant start) {
    this.start = start;
  }

  public void advance(Duration by) {
    nanos.addAndGet(by.toNanos());
  }

  @Override
  public long getAsLong() {
    return nanos.get();
  }

  @Override
  public Instant instant() {
    return start.plusNanos(nanos.get());
  }
}
