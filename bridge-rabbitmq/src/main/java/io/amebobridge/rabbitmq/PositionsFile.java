package io.amebobridge.rabbitmq;

import io.amebobridge.core.files.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The positions of a source's streams as JSON that people can read. What is not exactly as it was
 * written is refused: a guess would skip messages.
 *
 * @param source by its name in the config
 * @param streams by queue
 */
record PositionsFile(String source, String virtualHost, Map<String, StreamPosition> streams) {
  private static final String FORMAT = "amebo-bridge stream positions";
  private static final int VERSION = 1;
  private static final Set<String> FIELDS =
      Set.of("format", "version", "source", "virtualHost", "streams");
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  PositionsFile {
    streams = new TreeMap<>(streams);
  }

  /**
   * Null where there is no file.
   *
   * @throws IOException also where it is damaged, or of another version
   */
  static @Nullable PositionsFile read(Path path) throws IOException {
    try {
      return parse(MAPPER.readTree(Files.readAllBytes(path)));
    } catch (NoSuchFileException e) {
      return null;
    } catch (JacksonException e) {
      throw new IOException("is damaged: " + e.getOriginalMessage(), e);
    }
  }

  private static PositionsFile parse(JsonNode json) throws IOException {
    fields(json, FIELDS);
    if (!json.path("format").asString("").equals(FORMAT)) {
      throw new IOException("is no file of positions");
    }
    if (json.path("version").asInt(-1) != VERSION) {
      throw new IOException(
          "is of version " + json.path("version") + ", this program knows version " + VERSION);
    }
    Map<String, StreamPosition> streams = new TreeMap<>();
    for (Map.Entry<String, JsonNode> each : object(json, "streams").properties()) {
      streams.put(each.getKey(), position(each.getValue()));
    }
    return new PositionsFile(text(json, "source"), text(json, "virtualHost"), streams);
  }

  private static StreamPosition position(JsonNode json) throws IOException {
    fields(json, Set.of("next", "known"));
    long next = offset(json, "next");
    if (!json.has("known")) throw new IOException("is damaged: known is missing");
    if (json.path("known").isNull()) return new StreamPosition(next, null);
    JsonNode known = object(json, "known");
    fields(known, Set.of("offset", "fingerprint"));
    String mark = text(known, "fingerprint");
    if (!mark.matches("[0-9a-f]{16}")) throw new IOException("is damaged: fingerprint " + mark);
    StreamMessage message =
        new StreamMessage(offset(known, "offset"), StreamMessage.parseMark(mark));
    if (message.offset() != next && message.offset() != next - 1) {
      throw new IOException("is damaged: next is " + next + ", known is " + message.offset());
    }
    return new StreamPosition(next, message);
  }

  private static void fields(JsonNode json, Set<String> allowed) throws IOException {
    for (String name : json.propertyNames()) {
      if (!allowed.contains(name)) throw new IOException("is damaged: unknown field " + name);
    }
  }

  private static JsonNode object(JsonNode json, String field) throws IOException {
    JsonNode value = json.path(field);
    if (value.isObject()) return value;
    throw new IOException("is damaged: " + field + " is no object");
  }

  private static String text(JsonNode json, String field) throws IOException {
    JsonNode value = json.path(field);
    if (value.isString()) return value.stringValue();
    throw new IOException("is damaged: " + field + " is no text");
  }

  private static long offset(JsonNode json, String field) throws IOException {
    JsonNode value = json.path(field);
    if (value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0) {
      return value.longValue();
    }
    throw new IOException("is damaged: " + field + " is no offset");
  }

  /** Durable on return; whenever the machine stops, the old file is there or the new one. */
  void write(Path path) throws IOException {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("format", FORMAT).put("version", VERSION);
    json.put("source", source).put("virtualHost", virtualHost);
    ObjectNode all = json.putObject("streams");
    streams.forEach(
        (queue, position) -> {
          ObjectNode one = all.putObject(queue).put("next", position.next());
          StreamMessage known = position.known();
          if (known == null) {
            one.putNull("known");
          } else {
            one.putObject("known").put("offset", known.offset()).put("fingerprint", known.mark());
          }
        });
    String text = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
    DurableFiles.replace(path, text.getBytes(StandardCharsets.UTF_8));
  }
}
