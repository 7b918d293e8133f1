package io.amebobridge.server.ingest;

import io.amebobridge.server.registry.Refusal;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the bodies of the publishing routes. */
final class EventBodies {
  static final int MOST_EVENTS = 5_000;

  private EventBodies() {}

  /** One event, as an object. */
  static SentEvent one(byte[] body) {
    try (JsonParser parser = open(body)) {
      if (parser.nextToken() == null) {
        throw new Refusal(400, "body - is empty");
      }
      SentEvent event = EventParser.read(parser, body);
      if (parser.nextToken() != null) {
        throw new Refusal(400, "body - goes on after the event");
      }
      return event;
    } catch (JacksonException e) {
      throw Refusal.notJson(e);
    }
  }

  /** A batch: a JSON array, or one object after the other (NDJSON). */
  static List<SentEvent> many(byte[] body) {
    List<SentEvent> events = new ArrayList<>();
    try (JsonParser parser = open(body)) {
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_ARRAY) {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          add(events, parser, body);
        }
        if (parser.nextToken() != null) {
          throw new Refusal(400, "body - goes on after the array");
        }
      } else {
        for (JsonToken next = first; next != null; next = parser.nextToken()) {
          add(events, parser, body);
        }
      }
      return events;
    } catch (JacksonException e) {
      Refusal refusal = Refusal.notJson(e);
      throw new Refusal(
          refusal.status(), refusal.text() + " (in or after event " + events.size() + ")");
    }
  }

  private static void add(List<SentEvent> events, JsonParser parser, byte[] body) {
    if (events.size() == MOST_EVENTS) {
      throw new Refusal(
          413, "body - has more than " + MOST_EVENTS + " events; send smaller batches");
    }
    events.add(EventParser.read(parser, body));
  }

  private static JsonParser open(byte[] body) {
    // A byte order mark, or a zero byte of UTF-16 or UTF-32: the parser would guess another
    // encoding.
    if (body.length > 1 && (body[0] == 0 || body[1] == 0 || (body[0] & 0xff) >= 0x80)) {
      throw new Refusal(400, "body - is not UTF-8 without a byte order mark");
    }
    return EventParser.JSON.createParser(body);
  }
}
