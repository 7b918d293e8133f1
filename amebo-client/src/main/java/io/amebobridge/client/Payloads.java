package io.amebobridge.client;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What can't be embedded in a request is refused; what is stored is recognised. */
final class Payloads {
  private Payloads() {}

  static Optional<PublishResult> check(NewEvent event) {
    String invalid = Json.invalid(event.payload());
    return invalid == null
        ? Optional.empty()
        : Optional.of(PublishResult.rejected("The payload can't be sent: " + invalid));
  }

  /**
   * Whether an upstream server that was sent one payload would list the other: it reads the JSON
   * and writes it anew, so spaces, the order of fields and the digits of fractions are its own.
   */
  static boolean isStoredAs(String sent, String listed) {
    JsonNode wanted = tree(sent);
    if (wanted == null) return false;
    // Some versions list a string as itself, others as its JSON text.
    if (wanted.isString() && wanted.stringValue().equals(listed)) return true;
    JsonNode there = tree(listed);
    return there != null && same(wanted, there);
  }

  private static @Nullable JsonNode tree(String json) {
    try {
      return Json.MAPPER.readTree(json);
    } catch (JacksonException e) {
      return null;
    }
  }

  private static boolean same(JsonNode a, JsonNode b) {
    if (a.isNumber() && b.isNumber()) {
      boolean exact = a.isIntegralNumber() && b.isIntegralNumber();
      // By the text: 1e400 has no double value that a node would give.
      return exact
          ? a.bigIntegerValue().equals(b.bigIntegerValue())
          : Double.parseDouble(a.asString()) == Double.parseDouble(b.asString());
    }
    if (a.size() != b.size() || a.getNodeType() != b.getNodeType()) return false;
    if (a.isObject()) {
      for (String name : a.propertyNames()) {
        JsonNode other = b.get(name);
        if (other == null || !same(a.get(name), other)) return false;
      }
      return true;
    }
    if (!a.isArray()) return a.equals(b);
    for (int i = 0; i < a.size(); i++) if (!same(a.get(i), b.get(i))) return false;
    return true;
  }
}
