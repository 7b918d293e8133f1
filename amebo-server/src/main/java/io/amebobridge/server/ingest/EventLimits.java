package io.amebobridge.server.ingest;

import org.jspecify.annotations.Nullable;

/** What an event's fields may be, however it came in; each says what is wrong, or null. */
final class EventLimits {
  private static final int LONGEST_NAME = 512;
  // The end of the year 9999: what is beyond was meant in milliseconds or nanoseconds.
  private static final long LATEST_SECOND = 253_402_300_799L;

  private EventLimits() {}

  static @Nullable String name(String field, @Nullable String value) {
    return value == null || (!value.isEmpty() && value.length() <= LONGEST_NAME)
        ? null
        : field + " - has " + value.length() + " characters, allowed: 1 to " + LONGEST_NAME;
  }

  static @Nullable String sleepUntil(@Nullable Long seconds) {
    return seconds == null || seconds <= LATEST_SECOND
        ? null
        : "sleep_until - got "
            + seconds
            + ", allowed: seconds since the epoch, up to "
            + LATEST_SECOND;
  }
}
