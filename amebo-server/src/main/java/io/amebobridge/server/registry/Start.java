package io.amebobridge.server.registry;

import io.amebobridge.server.store.EventsByTime;
import io.amebobridge.server.store.WriteSession;
import java.sql.SQLException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A place in the log where a subscription begins, or is set to. Immutable. */
public sealed interface Start {
  /** After the newest event. */
  record Latest() implements Start {}

  /** The first event delivered is the one after this; 0 for the log's beginning. */
  record After(long event) implements Start {}

  /** The first event delivered is the first stored at or after this, in milliseconds. */
  record At(long millis) implements Start {}

  /** From the log's beginning, without what a consumer of another broker had before. */
  record Taken(SourcePositions positions) implements Start {}

  /** What may be given, for refusals. */
  String ALLOWED =
      "allowed: latest, earliest, the id of an event, a time such as 2026-01-31T12:00:00Z,"
          + " or {\"system\", \"positions\": [{\"stream\", \"partition\", \"offset\"}]}";

  /** The same as {@link #parse}, from JSON: a text, a number, or the positions as an object. */
  static Start read(String field, JsonNode value) {
    if (value.isObject()) {
      return StartPositions.read(field, value);
    }
    if (!value.isString() && !value.isIntegralNumber()) {
      throw new Refusal(400, field + " - " + ALLOWED);
    }
    return parse(field, value.asString());
  }

  /**
   * Reads {@code latest}, {@code earliest}, an event's id, a time, or a JSON object's text with the
   * positions of a consumer of another broker.
   *
   * @param field its name, for the refusal
   * @throws Refusal where it is none of these
   */
  static Start parse(String field, String text) {
    if (text.equals("latest")) {
      return new Latest();
    }
    if (text.equals("earliest")) {
      return new After(0);
    }
    if (text.strip().startsWith("{")) {
      try {
        return StartPositions.read(field, JsonMapper.shared().readTree(text));
      } catch (JacksonException e) {
        throw new Refusal(400, field + " - " + ALLOWED);
      }
    }
    try {
      return text.chars().allMatch(Character::isDigit)
          ? new After(Long.parseLong(text))
          : new At(Instant.parse(text).toEpochMilli());
    } catch (NumberFormatException | DateTimeParseException | ArithmeticException e) {
      throw new Refusal(400, field + " - got " + text + ", " + ALLOWED);
    }
  }

  /** The event after which it begins, in the writer's open transaction. */
  default long resolve(String field, WriteSession session) throws SQLException {
    if (this instanceof At at) {
      return EventsByTime.lastBefore(session, at.millis());
    }
    if (this instanceof After after) {
      if (after.event() > session.head()) {
        throw new Refusal(
            400, field + " - event " + after.event() + " is beyond the newest, " + session.head());
      }
      return after.event();
    }
    return this instanceof Taken ? 0 : session.head();
  }

  /** What was consumed before, elsewhere. */
  default SourcePositions positions() {
    return this instanceof Taken taken ? taken.positions() : SourcePositions.NONE;
  }
}
