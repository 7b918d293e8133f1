package io.amebobridge.server;

import io.amebobridge.server.registry.Retention;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is removed of the log, and when. Immutable.
 *
 * @param usual for the actions that have no retention of their own; for ever by default
 * @param interval between the end of one pass and the next
 */
public record RetentionSettings(Retention usual, Duration interval) {
  private static final Duration LONGEST_INTERVAL = Duration.ofDays(1);

  public RetentionSettings {
    Duration age = usual.age();
    Long bytes = usual.bytes();
    require(age == null || positive(age), "age", age, "more than 0");
    require(bytes == null || bytes > 0, "bytes", bytes, "more than 0");
    boolean fits = positive(interval) && interval.compareTo(LONGEST_INTERVAL) <= 0;
    require(fits, "interval", interval, "more than 0, 1d at most");
  }

  /** Nothing but what actions say themselves; a look each minute. */
  public static RetentionSettings defaults() {
    return new RetentionSettings(Retention.forever(), Duration.ofMinutes(1));
  }

  /** Of what is usual; null: for ever. */
  public @Nullable Duration age() {
    return usual.age();
  }

  /** Of what is usual; null: as many as there are. */
  public @Nullable Long bytes() {
    return usual.bytes();
  }

  public RetentionSettings withAge(Duration value) {
    return new RetentionSettings(new Retention(value, usual.bytes()), interval);
  }

  public RetentionSettings withBytes(long value) {
    return new RetentionSettings(new Retention(usual.age(), value), interval);
  }

  public RetentionSettings withInterval(Duration value) {
    return new RetentionSettings(usual, value);
  }

  private static boolean positive(Duration value) {
    return value.toMillis() > 0;
  }

  private static void require(boolean holds, String name, @Nullable Object got, String allowed) {
    if (!holds) {
      throw new IllegalArgumentException(
          "retention." + name + ": got " + got + ", allowed: " + allowed);
    }
  }
}
