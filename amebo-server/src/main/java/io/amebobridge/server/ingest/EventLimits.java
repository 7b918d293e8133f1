package io.amebobridge.server.ingest;

import io.amebobridge.client.NewEvent;
import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.server.store.Texts;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What an event's fields may be, however it came in; each says what is wrong, or null. */
final class EventLimits {
  private static final int LONGEST_NAME = 512;
  // The end of the year 9999: what is beyond was meant in milliseconds or nanoseconds.
  private static final long LATEST_SECOND = 253_402_300_799L;

  private EventLimits() {}

  /** The first that is wrong with an event from within the process. */
  static @Nullable String wrong(NewEvent event) {
    return Stream.of(
            name("deduper", event.deduper()),
            name("key", event.key()),
            source(event.source()),
            sleepUntil(event.sleepUntil()))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  static @Nullable String name(String field, @Nullable String value) {
    if (value != null && !Texts.isStorable(value)) {
      return field + " - has U+0000 or half of a surrogate pair";
    }
    return value == null || (!value.isEmpty() && value.length() <= LONGEST_NAME)
        ? null
        : field + " - has " + value.length() + " characters, allowed: 1 to " + LONGEST_NAME;
  }

  static @Nullable String source(@Nullable SourceCoordinates source) {
    if (source == null) {
      return null;
    }
    String wrong = name("source.system", source.system());
    return wrong != null ? wrong : name("source.stream", source.stream());
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
