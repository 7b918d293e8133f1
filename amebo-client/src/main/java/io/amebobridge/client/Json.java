package io.amebobridge.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/** JSON text in and out. */
final class Json {
  static final JsonMapper MAPPER = JsonMapper.builder().build();
  static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /** One object, as UTF-8. */
  static byte[] object(Consumer<JsonGenerator> fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator g = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      g.writeStartObject();
      fields.accept(g);
      g.writeEndObject();
    }
    return out.toByteArray();
  }

  /**
   * Why this can't be embedded as one JSON value, else null. The check is no formality: text that
   * is not exactly one value could smuggle fields or whole events into the request around it. The
   * answer never quotes the text.
   */
  static @Nullable String invalid(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      return "it has an unpaired surrogate, which UTF-8 can't express";
    }
    // From characters: from bytes the parser would guess the encoding and skip a byte order mark.
    try (JsonParser p = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      if (p.nextToken() == null) return "it is empty";
      p.skipChildren();
      p.finishToken();
      return p.nextToken() == null ? null : "something follows the JSON value";
    } catch (JacksonException e) {
      return e.getLocation() == null
          ? "it is not JSON"
          : "it is not JSON at line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr();
    }
  }

  /** Of text that is JSON. */
  static boolean isObject(String json) {
    return first(json) == '{';
  }

  /** Of text that is JSON. */
  static boolean isString(String json) {
    return first(json) == '"';
  }

  private static char first(String json) {
    int i = 0;
    while (json.charAt(i) <= ' ') i++;
    return json.charAt(i);
  }
}
