package io.amebobridge.server.admin;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Times as upstream writes them: ISO text, mostly without a zone and then taken as UTC. */
final class UpstreamTime {
  private UpstreamTime() {}

  /** Milliseconds since the epoch; null where it is no time. */
  static @Nullable Long millis(@Nullable String text) {
    if (text == null || text.length() < 10) {
      return null; // also Python's "None"
    }
    String iso = text.strip().replace(' ', 'T');
    try {
      boolean zoned = iso.endsWith("Z") || iso.indexOf('+', 10) > 0 || iso.indexOf('-', 10) > 0;
      Instant at =
          zoned
              ? OffsetDateTime.parse(iso).toInstant()
              : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
      return at.toEpochMilli();
    } catch (DateTimeException e) {
      return null;
    }
  }
}
