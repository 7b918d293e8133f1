package io.amebobridge.core.deadletter;

import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.Origin;
import io.amebobridge.core.config.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One letter as one JSON object; bytes are base64, so that they come back as they were. */
final class LetterJson {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private LetterJson() {}

  static String write(LetterId id, DeadLetter letter) {
    Message m = letter.message();
    Origin o = m.origin();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", id.toString());
    json.put("at", letter.at().toString());
    json.put("route", letter.route());
    json.put("stage", letter.stage().name());
    json.put("reason", letter.reason());
    json.put("source", o.source());
    json.put("lane", o.lane());
    json.put("timestamp", o.timestamp().toString());
    json.put("variables", plain(o.variables()));
    json.put("coordinates", coordinates(o.coordinates()));
    json.put("error", o.error());
    json.put("message", message(m));
    json.put("rendered", letter.rendered().stream().map(LetterJson::message).toList());
    return JsonText.write(json);
  }

  /** Whatever an adapter has put among its variables, the letter must be kept. */
  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach((k, v) -> copy.put(String.valueOf(k), plain(v)));
      return copy;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>();
      for (Object v : list) copy.add(plain(v));
      return copy;
    }
    boolean real = value instanceof Double || value instanceof Float;
    if (real && !Double.isFinite(((Number) value).doubleValue())) return String.valueOf(value);
    boolean plain = value == null || value instanceof Number || value instanceof Boolean;
    return plain ? value : String.valueOf(value);
  }

  private static Map<String, @Nullable Object> message(Message m) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", m.id());
    json.put("address", m.address());
    json.put("key", base64(m.key()));
    json.put("headers", m.headers().stream().map(LetterJson::header).toList());
    json.put("body", base64(m.body()));
    return json;
  }

  private static List<@Nullable String> header(Header h) {
    return Arrays.asList(h.name(), base64(h.value()));
  }

  private static @Nullable Map<String, @Nullable Object> coordinates(
      @Nullable SourceCoordinates c) {
    if (c == null) return null;
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("system", c.system());
    json.put("stream", c.stream());
    json.put("partition", c.partition());
    json.put("offset", c.offset());
    return json;
  }

  static JsonNode parse(byte[] line) {
    return MAPPER.readTree(line);
  }

  static DeadLetter letter(JsonNode json) {
    Map<String, Object> variables = new HashMap<>();
    for (Map.Entry<String, JsonNode> v : json.path("variables").properties()) {
      variables.put(v.getKey(), MAPPER.treeToValue(v.getValue(), Object.class));
    }
    Origin origin =
        new Origin(
            required(json, "source"),
            text(json, "lane"),
            Instant.parse(required(json, "timestamp")),
            variables,
            coordinates(json.path("coordinates")),
            text(json, "error"));
    List<Message> rendered = new ArrayList<>();
    for (JsonNode m : json.path("rendered")) rendered.add(message(m, origin));
    return new DeadLetter(
        Instant.parse(required(json, "at")),
        message(json.path("message"), origin),
        required(json, "route"),
        DeadLetter.Stage.valueOf(required(json, "stage")),
        required(json, "reason"),
        rendered);
  }

  private static Message message(JsonNode json, Origin origin) {
    List<Header> headers = new ArrayList<>();
    for (JsonNode h : json.path("headers")) {
      headers.add(new Header(h.get(0).stringValue(), bytes(h.get(1))));
    }
    return new Message(
        text(json, "id"),
        required(json, "address"),
        bytes(json.get("key")),
        bytes(json.get("body")),
        headers,
        origin);
  }

  private static @Nullable SourceCoordinates coordinates(JsonNode json) {
    if (!json.isObject()) return null;
    JsonNode partition = json.path("partition");
    JsonNode offset = json.path("offset");
    return new SourceCoordinates(
        required(json, "system"),
        required(json, "stream"),
        partition.isNumber() ? Integer.valueOf(partition.intValue()) : null,
        offset.isNumber() ? Long.valueOf(offset.longValue()) : null);
  }

  static String required(JsonNode json, String field) {
    return Objects.requireNonNull(text(json, field), field);
  }

  private static @Nullable String text(JsonNode json, String field) {
    JsonNode value = json.get(field);
    return value == null || value.isNull() ? null : value.stringValue();
  }

  private static @Nullable String base64(byte @Nullable [] bytes) {
    return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
  }

  private static byte @Nullable [] bytes(@Nullable JsonNode value) {
    if (value == null || value.isNull()) return null;
    return Base64.getDecoder().decode(value.stringValue().getBytes(StandardCharsets.US_ASCII));
  }
}
