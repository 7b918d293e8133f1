package io.amebobridge.server.admin;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What upstream holds for JSON; it is written raw into ours, so it has to be. */
final class UpstreamJson {
  private UpstreamJson() {}

  /** What is wrong with a payload; null where it can be delivered as it is. */
  static @Nullable String problem(@Nullable String payload) {
    if (payload == null) {
      return "is missing";
    }
    return isJson(payload) ? null : "is not JSON";
  }

  /**
   * A schema as JSON text. One that was given to upstream as text is a JSON string there; what is
   * no JSON at all becomes one, which no event fits.
   */
  static String schema(@Nullable String text) {
    String given = String.valueOf(text);
    if (!isJson(given)) {
      return JsonMapper.shared().writeValueAsString(given);
    }
    JsonNode node = JsonMapper.shared().readTree(given);
    return node.isString() && isJson(node.stringValue()) ? node.stringValue() : given;
  }

  private static boolean isJson(String text) {
    try {
      return !JsonMapper.shared().readTree(text).isMissingNode();
    } catch (JacksonException e) {
      return false;
    }
  }
}
