package io.amebobridge.client;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Reads the Retry-After header: seconds or an HTTP date. */
final class RetryAfter {
  /** More than this is not waited for: a server's clock or config may be wrong. */
  static final Duration CAP = Duration.ofMinutes(5);

  private RetryAfter() {}

  /** Between zero and {@link #CAP}; null where there is none, or none that can be read. */
  static @Nullable Duration parse(@Nullable String header, Instant now) {
    if (header == null) return null;
    String text = header.strip();
    if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      // Ten digits and more are over the cap in any case, and might not fit a long.
      return text.length() > 9 ? CAP : capped(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return capped(Duration.between(now, date));
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static Duration capped(Duration d) {
    if (d.isNegative()) return Duration.ZERO;
    return d.compareTo(CAP) > 0 ? CAP : d;
  }
}
