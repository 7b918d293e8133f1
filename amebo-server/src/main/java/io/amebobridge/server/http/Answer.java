package io.amebobridge.server.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a route answers. Immutable. */
record Answer(int status, @Nullable String body, String type, Map<String, String> headers) {
  private static final String JSON = "application/json";

  static Answer json(int status, @Nullable JsonNode body) {
    String text = body == null ? "null" : JsonMapper.shared().writeValueAsString(body);
    return new Answer(status, text, JSON, Map.of());
  }

  /** JSON that is text already. */
  static Answer text(int status, String body) {
    return new Answer(status, body, JSON, Map.of());
  }

  static Answer plain(int status, String body, String type) {
    return new Answer(status, body, type, Map.of());
  }

  static Answer error(int status, String error) {
    return json(status, JsonMapper.shared().createObjectNode().put("error", error));
  }

  static Answer empty(int status) {
    return new Answer(status, null, JSON, Map.of());
  }

  /** Not to be kept by caches: there is a secret in it. */
  Answer unkept() {
    return with(Map.of("Cache-Control", "no-store"));
  }

  Answer with(Map<String, String> more) {
    Map<String, String> all = new java.util.LinkedHashMap<>(headers);
    all.putAll(more);
    return new Answer(status, body, type, all);
  }
}
