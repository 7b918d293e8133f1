package io.amebobridge.kafka;

import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Where a source starts that has not read before; prints as the config has it. */
sealed interface StartPosition {
  String ALLOWED =
      "earliest, latest, group:<id> (exactly where that consumer group stands),"
          + " group:<id> else earliest, or time:<ISO instant> such as time:2026-01-31T00:00:00Z";

  record Earliest() implements StartPosition {
    @Override
    public String toString() {
      return "earliest";
    }
  }

  record Latest() implements StartPosition {
    @Override
    public String toString() {
      return "latest";
    }
  }

  /**
   * At another group's committed offsets.
   *
   * @param elseEarliest partitions without one start at their beginning; else they are an error
   */
  record Group(String id, boolean elseEarliest) implements StartPosition {
    @Override
    public String toString() {
      return "group:" + id + (elseEarliest ? " else earliest" : "");
    }
  }

  /** At the first message that is not older. */
  record Time(Instant at) implements StartPosition {
    @Override
    public String toString() {
      return "time:" + at;
    }
  }

  /**
   * Reads the config's notation.
   *
   * @throws IllegalArgumentException for anything else
   */
  static StartPosition parse(String text) {
    if (text.equals("earliest")) return new Earliest();
    if (text.equals("latest")) return new Latest();
    if (text.startsWith("group:")) {
      String id = text.substring("group:".length());
      boolean elseEarliest = id.endsWith(" else earliest");
      if (elseEarliest) id = id.substring(0, id.length() - " else earliest".length());
      if (!id.isBlank()) return new Group(id.strip(), elseEarliest);
    }
    if (text.startsWith("time:")) {
      try {
        return new Time(Instant.parse(text.substring("time:".length())));
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException("got " + text + ", allowed: " + ALLOWED, e);
      }
    }
    throw new IllegalArgumentException("got " + text + ", allowed: " + ALLOWED);
  }
}
