package io.amebobridge.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** Events on the wire. */
final class EventJson {
  private EventJson() {}

  /** For our server, single or as an item of a batch. */
  static byte[] ours(NewEvent event) {
    return Json.object(
        g -> {
          g.writeStringProperty("action", event.action());
          // Servers take a string for JSON text, so a payload that is one goes out as its text.
          writePayload(g, event, Json.isString(event.payload()));
          if (event.deduper() != null) g.writeStringProperty("deduper", event.deduper());
          if (event.key() != null) g.writeStringProperty("key", event.key());
          if (event.sleepUntil() != null) g.writeNumberProperty("sleep_until", event.sleepUntil());
          if (event.source() != null) writeSource(g, event.source());
          if (event.traceparent() != null) {
            g.writeStringProperty(TraceParent.NAME, event.traceparent());
          }
        });
  }

  /**
   * For an upstream server, which wants every field, and answers null or 0 in {@code sleep_until}
   * with a 500 after it has stored the event. There it counts seconds from now.
   */
  static byte[] upstream(NewEvent event, String deduper, Secret secret, Instant now) {
    long sleep = event.sleepUntil() == null ? 1 : event.sleepUntil() - now.getEpochSecond();
    return Json.object(
        g -> {
          g.writeStringProperty("action", event.action());
          g.writeStringProperty("secret", secret.reveal());
          g.writeStringProperty("deduper", deduper);
          g.writeNumberProperty("sleep_until", Math.max(1, sleep));
          // An object or a string of JSON text; anything else it refuses.
          writePayload(g, event, !Json.isObject(event.payload()));
        });
  }

  /** The stored event's id in an answer to a publish; null where this is no such answer. */
  static @Nullable Long id(@Nullable JsonNode answer) {
    JsonNode id = answer == null || !answer.isObject() ? null : answer.get("event");
    if (id == null || id.isNull()) return null;
    // Some upstream versions have textual ids; the event is stored, only its number is not known.
    return id.isIntegralNumber() && id.canConvertToLong() ? id.longValue() : 0L;
  }

  private static void writePayload(JsonGenerator g, NewEvent event, boolean asText) {
    if (asText) {
      g.writeStringProperty("payload", event.payload());
    } else {
      g.writeName("payload");
      g.writeRawValue(event.payload());
    }
  }

  private static void writeSource(JsonGenerator g, SourceCoordinates source) {
    g.writeObjectPropertyStart("source");
    g.writeStringProperty("system", source.system());
    g.writeStringProperty("stream", source.stream());
    if (source.partition() != null) g.writeNumberProperty("partition", source.partition());
    if (source.offset() != null) g.writeNumberProperty("offset", source.offset());
    g.writeEndObject();
  }
}
