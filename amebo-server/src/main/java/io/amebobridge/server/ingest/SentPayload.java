package io.amebobridge.server.ingest;

import io.amebobridge.server.registry.Refusal;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A payload as it was sent. Its tree, which takes many times its bytes, is made only on demand:
 * once it is known who sent it, and that it is not too large.
 *
 * @param bytes JSON text in UTF-8
 */
record SentPayload(byte[] bytes, From from) {
  /** How it came in, which decides how what is wrong with it is said. */
  enum From {
    /** As a value of the body, which was valid JSON. */
    BODY,
    /** As JSON text within a JSON string. */
    STRING,
    /** From within the process. */
    CALLER
  }

  /**
   * Parses it.
   *
   * @throws Refusal where it is no JSON that an event may carry
   */
  JsonNode tree() {
    try {
      JsonNode tree = EventParser.JSON.readTree(bytes);
      if (tree.isMissingNode()) {
        throw wrong(from == From.STRING ? "is an empty string, not JSON text" : "is required");
      }
      if (tree.isNull() && from != From.STRING) {
        throw wrong("is null, allowed: any other JSON");
      }
      return tree;
    } catch (JacksonException e) {
      throw from == From.STRING
          ? wrong(
              "is a string, but not one of JSON text (line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr()
                  + "); a plain string is to be sent as a JSON string within the string")
          : new Refusal(422, Refusal.notJson(e).text().replaceFirst("^body", "payload"));
    }
  }

  private static Refusal wrong(String what) {
    return new Refusal(422, "payload - " + what);
  }
}
