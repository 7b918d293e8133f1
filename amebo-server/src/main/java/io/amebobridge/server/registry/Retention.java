package io.amebobridge.server.registry;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long an action's events are kept; null means for ever. What is not delivered is kept in any
 * case. Immutable.
 *
 * @param age removed soon after they are older
 * @param bytes the newest that have together at most so many bytes of payload are kept
 */
public record Retention(@Nullable Duration age, @Nullable Long bytes) {
  private static final Retention FOREVER = new Retention(null, null);

  public static Retention forever() {
    return FOREVER;
  }

  static Retention stored(@Nullable Long millis, @Nullable Long bytes) {
    return new Retention(millis == null ? null : Duration.ofMillis(millis), bytes);
  }

  public boolean isForever() {
    return age == null && bytes == null;
  }

  @Nullable Long millis() {
    return age == null ? null : Long.valueOf(age.toMillis());
  }
}
