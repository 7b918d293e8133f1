package io.amebobridge.client;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/** Reads a list of events; the payload's text stays as it came. */
final class StoredEvents {
  private StoredEvents() {}

  /**
   * @param unwrap an upstream server may give the payload as a JSON string that holds JSON
   */
  static List<StoredEvent> read(HttpAnswer answer, boolean unwrap) {
    if (answer.status() != 200) throw answer.failure("Listing events");
    try (JsonParser p = Json.FACTORY.createParser(ObjectReadContext.empty(), answer.body())) {
      if (p.nextToken() != JsonToken.START_ARRAY) throw unreadable(answer, null);
      List<StoredEvent> events = new ArrayList<>();
      while (p.nextToken() == JsonToken.START_OBJECT) events.add(event(p, answer, unwrap));
      return events;
    } catch (JacksonException e) {
      throw unreadable(answer, e);
    }
  }

  private static StoredEvent event(JsonParser p, HttpAnswer answer, boolean unwrap) {
    Row row = new Row();
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken value = p.nextToken();
      switch (name) {
        case "event" -> row.event = value == JsonToken.VALUE_NUMBER_INT ? p.getLongValue() : 0;
        case "action" -> row.action = text(p, value);
        case "deduper" -> row.deduper = text(p, value);
        case "payload" -> row.payload = payload(p, value, answer.body(), unwrap);
        case "timestamped" -> row.timestamped = text(p, value);
        case TraceParent.NAME -> row.traceparent = text(p, value);
        case "source" -> row.source = value == JsonToken.START_OBJECT ? source(p) : null;
        default -> p.skipChildren();
      }
    }
    if (row.action == null || row.payload == null) throw unreadable(answer, null);
    return new StoredEvent(
        row.event,
        row.action,
        row.payload,
        row.deduper,
        row.source,
        time(row.timestamped),
        row.traceparent);
  }

  private static @Nullable String text(JsonParser p, JsonToken value) {
    p.skipChildren();
    return value.isScalarValue() && value != JsonToken.VALUE_NULL ? p.getString() : null;
  }

  private static String payload(JsonParser p, JsonToken value, byte[] body, boolean unwrap) {
    int start = Math.toIntExact(p.currentTokenLocation().getByteOffset());
    if (value == JsonToken.VALUE_STRING && unwrap) return p.getString();
    p.skipChildren();
    p.finishToken();
    int end = Math.toIntExact(p.currentLocation().getByteOffset());
    return new String(body, start, end - start, StandardCharsets.UTF_8).strip();
  }

  private static @Nullable SourceCoordinates source(JsonParser p) {
    String system = null;
    String stream = null;
    Integer partition = null;
    Long offset = null;
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken value = p.nextToken();
      boolean number = value == JsonToken.VALUE_NUMBER_INT;
      switch (name) {
        case "system" -> system = text(p, value);
        case "stream" -> stream = text(p, value);
        case "partition" -> partition = number ? Integer.valueOf(p.getIntValue()) : null;
        case "offset" -> offset = number ? Long.valueOf(p.getLongValue()) : null;
        default -> p.skipChildren();
      }
    }
    return system == null || stream == null
        ? null
        : new SourceCoordinates(system, stream, partition, offset);
  }

  /** With or without an offset (then UTC), with a T or a space; the epoch where it is neither. */
  private static Instant time(@Nullable String text) {
    if (text == null) return Instant.EPOCH;
    String iso = text.replace(' ', 'T');
    try {
      return OffsetDateTime.parse(iso).toInstant();
    } catch (DateTimeException withoutOffset) {
      try {
        return LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
      } catch (DateTimeException e) {
        return Instant.EPOCH;
      }
    }
  }

  private static AmeboException unreadable(HttpAnswer answer, @Nullable Throwable cause) {
    // Without the cause's message: it may quote a payload.
    String at = cause == null ? "" : " (" + cause.getClass().getSimpleName() + ")";
    return new AmeboException.Refused(
        "Listing events at " + answer.origin() + ": the answer is no list of events" + at,
        answer.status());
  }

  private static final class Row {
    long event;
    @Nullable String action;
    @Nullable String deduper;
    @Nullable String payload;
    @Nullable String timestamped;
    @Nullable String traceparent;
    @Nullable SourceCoordinates source;
  }
}
