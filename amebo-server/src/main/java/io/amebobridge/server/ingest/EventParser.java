package io.amebobridge.server.ingest;

import io.amebobridge.client.Secret;
import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.client.TraceParent;
import io.amebobridge.server.registry.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
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
  private @Nullable SentPayload payload;
  private @Nullable String problem;
  private boolean unfit; // something within the source

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
        action, secret, deduper, key, source, sleepUntil, traceparent, payload, problem);
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

  /** Keeps the bytes only: whoever sent them may not be allowed to. */
  private void payload() {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_STRING) {
      keep(parser.getString().getBytes(StandardCharsets.UTF_8), SentPayload.From.STRING);
    } else if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
      int start = offset(parser.currentTokenLocation().getByteOffset());
      parser.skipChildren();
      int end = offset(parser.currentLocation().getByteOffset());
      keep(Arrays.copyOfRange(body, start, end), SentPayload.From.BODY);
    } else if (token == JsonToken.VALUE_NULL) {
      problem = "payload - is null, allowed: any other JSON";
    } else {
      // A number or a boolean, as sent.
      keep(parser.getString().getBytes(StandardCharsets.UTF_8), SentPayload.From.BODY);
    }
  }

  private void keep(byte[] bytes, SentPayload.From from) {
    payload = new SentPayload(bytes, from);
  }

  private void source() {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    boolean good = parser.currentToken() == JsonToken.START_OBJECT;
    String system = null;
    String stream = null;
    Long partition = null;
    Long position = null;
    if (!good) {
      parser.skipChildren();
    }
    while (good && parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (name) {
        case "system" -> system = words(value);
        case "stream" -> stream = words(value);
        case "partition" -> {
          partition = whole(value);
          unfit |= partition != null && partition != partition.intValue();
        }
        case "offset" -> position = whole(value);
        default -> parser.skipChildren();
      }
    }
    if (!good || unfit || system == null || stream == null) {
      problem =
          "source - allowed: {system: text, stream: text, partition: integer or null, offset: integer or null}";
      return;
    }
    source =
        new SourceCoordinates(
            system, stream, partition == null ? null : partition.intValue(), position);
    note(EventLimits.source(source));
  }

  private @Nullable String words(JsonToken value) {
    if (value == JsonToken.VALUE_STRING) {
      return parser.getString();
    }
    unfit = true;
    parser.skipChildren();
    return null;
  }

  private @Nullable Long whole(JsonToken value) {
    if (value == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      return parser.getLongValue();
    }
    unfit |= value != JsonToken.VALUE_NULL;
    parser.skipChildren();
    return null;
  }

  private static int offset(long byteOffset) {
    if (byteOffset < 0) {
      throw new Refusal(400, "body - is not UTF-8");
    }
    return (int) byteOffset;
  }
}
