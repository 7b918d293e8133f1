package io.amebobridge.cli;

import io.amebobridge.core.Message;
import io.amebobridge.core.deadletter.DeadLetter;
import io.amebobridge.core.deadletter.StoredDeadLetter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What the verbs report, as JSON on standard output. */
final class Json {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private Json() {}

  static void print(Object value) {
    Output.reports().println(MAPPER.writeValueAsString(value));
  }

  /** Text where the bytes are UTF-8, else {@code base64:…}; null stays null. */
  static @Nullable String text(byte @Nullable [] bytes) {
    if (bytes == null) return null;
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return "base64:" + Base64.getEncoder().encodeToString(bytes);
    }
  }

  static Map<String, Object> event(Message message) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("action", message.address());
    json.put("payload", text(message.body()));
    json.put("deduper", message.id());
    json.put("key", text(message.key()));
    return json;
  }

  static Map<String, Object> message(Message message) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", message.id());
    json.put("where", message.origin().where());
    json.put("timestamp", message.origin().timestamp().toString());
    json.put("variables", message.origin().variables());
    json.put("key", text(message.key()));
    List<Map<String, Object>> headers = new ArrayList<>();
    message
        .headers()
        .forEach(
            h -> {
              Map<String, Object> header = new LinkedHashMap<>();
              header.put("name", h.name());
              header.put("value", text(h.value()));
              headers.add(header);
            });
    json.put("headers", headers);
    json.put("body", text(message.body()));
    return json;
  }

  /** Without bodies: for lists. */
  static Map<String, Object> summary(StoredDeadLetter stored) {
    DeadLetter letter = stored.letter();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", stored.id());
    json.put("state", stored.state().name());
    json.put("at", letter.at().toString());
    json.put("source", letter.message().origin().source());
    json.put("where", letter.message().origin().where());
    json.put("route", letter.route());
    json.put("stage", letter.stage().name());
    json.put("reason", letter.reason());
    return json;
  }

  static Map<String, Object> full(StoredDeadLetter stored) {
    Map<String, Object> json = summary(stored);
    json.put("message", message(stored.letter().message()));
    json.put("rendered", stored.letter().rendered().stream().map(Json::event).toList());
    return json;
  }
}
