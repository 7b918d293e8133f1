package io.amebobridge.rabbitmq;

import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Where a stream is read from that was not read before; prints as the config has it. */
sealed interface StreamStart {
  String ALLOWED =
      "first (or earliest), next (or latest: what comes from now on), offset:<n>, or time:<ISO"
          + " instant> such as time:2026-01-31T00:00:00Z";

  record First() implements StreamStart {
    @Override
    public String toString() {
      return "first";
    }
  }

  record Next() implements StreamStart {
    @Override
    public String toString() {
      return "next";
    }
  }

  record Offset(long offset) implements StreamStart {
    @Override
    public String toString() {
      return "offset:" + offset;
    }
  }

  /** At the chunk in which the first message is that is not older. */
  record Time(Instant at) implements StreamStart {
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
  static StreamStart parse(String text) {
    try {
      if (text.equals("first") || text.equals("earliest")) return new First();
      if (text.equals("next") || text.equals("latest")) return new Next();
      String value = text.substring(text.indexOf(':') + 1);
      if (text.startsWith("offset:") && value.matches("\\d{1,18}")) {
        return new Offset(Long.parseLong(value));
      }
      if (text.startsWith("time:")) return new Time(Instant.parse(value));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("got " + text + ", allowed: " + ALLOWED, e);
    }
    throw new IllegalArgumentException("got " + text + ", allowed: " + ALLOWED);
  }
}
