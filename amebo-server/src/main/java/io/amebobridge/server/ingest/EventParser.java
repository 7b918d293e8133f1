package io.amebobridge.server.ingest;

import io.amebobridge.client.Secret;
import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.client.TraceParent;
import io.amebobridge.server.registry.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads one event object off a parser, and keeps its payload's bytes as they are in the body. What
 * is wrong with a single event becomes its problem; malformed JSON throws.
 */
final class EventParser {
  static final ObjectMapper JSON = JsonMapper.shared();
  private final JsonParser parser;
  private final byte[] body;
  private @Nullable String action;
  private @Nullable Secret secret;
  private @Nullable String deduper;
  private @Nullable String key;
  private @Nullable SourceCoordinates source;
  private @Nullable Long sleepUntil;
  private @Nullable String traceparent;
  private byte @Nullable [] payload;
  private @Nullable JsonNode tree;
  private @Nullable String problem;

  private EventParser(JsonParser parser, byte[] body) {
    this.parser = parser;
    this.body = body;
  }

  /** Reads the value that the parser stands at, and leaves the parser at its end. */
  static SentEvent read(JsonParser parser, byte[] body) {
    return new EventParser(parser, body).read();
  }

  private SentEvent read() {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        field(name);
      }
      if (problem == null && action == null) {
        problem = "action - is required";
      }
      if (problem == null && payload == null) {
        problem = "payload - is required";
      }
    } else {
      parser.skipChildren();
      problem = "is not a JSON object";
    }
    return new SentEvent(
        action, secret, deduper, key, source, sleepUntil, traceparent, payload, tree, problem);
  }

  private void field(String name) {
    switch (name) {
      case "action" -> action = text("action");
      case "secret" -> {
        String value = text("secret");
        secret = value == null ? null : Secret.of(value);
      }
      case "deduper" -> deduper = text("deduper");
      case "key" -> key = text("key");
      case "sleep_until" -> sleepUntil = number();
      case "payload" -> payload();
      case "source" -> source();
      case TraceParent.NAME -> traceparent();
      default -> parser.skipChildren();
    }
  }

  private @Nullable String text(String name) {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      parser.skipChildren();
      problem = name + " - is not a string";
      return null;
    }
    String value = parser.getString();
    note(EventLimits.name(name, value));
    return value;
  }

  private @Nullable Long number() {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token != JsonToken.VALUE_NUMBER_INT
        || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      parser.skipChildren();
      problem = "sleep_until - is not an integer or null";
      return null;
    }
    long value = parser.getLongValue();
    note(EventLimits.sleepUntil(value));
    return value;
  }

  /** What is no traceparent is ignored, as the specification wants it of the header. */
  private void traceparent() {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      traceparent = TraceParent.parse(parser.getString()).map(TraceParent::toString).orElse(null);
    } else {
      parser.skipChildren();
    }
  }

  private void note(@Nullable String found) {
    problem = found == null ? problem : found;
  }

  private void payload() {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_STRING) {
      embedded(parser.getString());
    } else if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
      int start = offset(parser.currentTokenLocation().getByteOffset());
      tree = parser.readValueAsTree();
      payload = Arrays.copyOfRange(body, start, offset(parser.currentLocation().getByteOffset()));
    } else if (token == JsonToken.VALUE_NULL) {
      problem = "payload - is null, allowed: any other JSON";
    } else {
      tree = parser.readValueAsTree();
      payload =
          parser.getString().getBytes(StandardCharsets.UTF_8); // a number or a boolean, as sent
    }
  }

  /** A payload that comes as a string is JSON text within JSON. */
  private void embedded(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      JsonNode parsed = JSON.readTree(bytes);
      if (parsed.isMissingNode()) {
        problem = "payload - is an empty string, not JSON text";
        return;
      }
      tree = parsed;
      payload = bytes;
    } catch (JacksonException e) {
      problem =
          "payload - is a string, but not one of JSON text (line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr()
              + "); a plain string is to be sent as a JSON string within the string";
    }
  }

  private void source() {
    JsonNode node = parser.readValueAsTree();
    if (node == null || node.isNull()) {
      return;
    }
    JsonNode system = node.path("system");
    JsonNode stream = node.path("stream");
    JsonNode partition = node.path("partition");
    JsonNode offset = node.path("offset");
    if (!system.isString()
        || !stream.isString()
        || !fits(partition, true)
        || !fits(offset, false)) {
      problem =
          "source - allowed: {system: text, stream: text, partition: integer or null, offset: integer or null}";
      return;
    }
    source =
        new SourceCoordinates(
            system.stringValue(),
            stream.stringValue(),
            partition.isInt() ? partition.intValue() : null,
            offset.isIntegralNumber() ? offset.longValue() : null);
    note(EventLimits.source(source));
  }

  private static boolean fits(JsonNode value, boolean asInt) {
    return value.isMissingNode()
        || value.isNull()
        || (asInt ? value.isInt() : value.isIntegralNumber() && value.canConvertToLong());
  }

  private static int offset(long byteOffset) {
    if (byteOffset < 0) {
      throw new Refusal(400, "body - is not UTF-8");
    }
    return (int) byteOffset;
  }
}
