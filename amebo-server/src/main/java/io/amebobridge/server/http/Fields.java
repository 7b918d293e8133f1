package io.amebobridge.server.http;

import io.amebobridge.client.Secret;
import io.amebobridge.server.registry.Refusal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The fields of a request's body; whatever is wrong with one is refused with its name. */
record Fields(JsonNode node) {
  private static final int LONGEST_TEXT = 2048;

  boolean has(String name) {
    return !node.path(name).isMissingNode() && !node.path(name).isNull();
  }

  Optional<String> text(String name) {
    if (!has(name)) {
      return Optional.empty();
    }
    JsonNode value = node.path(name);
    if (!value.isString() || value.stringValue().isBlank()) {
      throw new Refusal(400, name + " - is not a text");
    }
    if (value.stringValue().length() > LONGEST_TEXT) {
      throw new Refusal(400, name + " - is longer than " + LONGEST_TEXT + " characters");
    }
    return Optional.of(value.stringValue());
  }

  String required(String name) {
    return text(name).orElseThrow(() -> new Refusal(400, name + " - is required"));
  }

  Optional<Secret> secret() {
    return text("secret").map(Secret::of);
  }

  int integer(String name, int least, int most, int otherwise) {
    if (!has(name)) {
      return otherwise;
    }
    JsonNode value = node.path(name);
    if (!value.isInt() || value.intValue() < least || value.intValue() > most) {
      throw new Refusal(
          400, name + " - got " + value + ", allowed: an integer from " + least + " to " + most);
    }
    return value.intValue();
  }

  boolean flag(String name, boolean otherwise) {
    if (!has(name)) {
      return otherwise;
    }
    if (!node.path(name).isBoolean()) {
      throw new Refusal(400, name + " - got " + node.path(name) + ", allowed: true or false");
    }
    return node.path(name).booleanValue();
  }

  /** A JSON document, given as such or as text. */
  String document(String name) {
    JsonNode value = node.path(name);
    if (!has(name)) {
      throw new Refusal(400, name + " - is required");
    }
    return value.isString() ? value.stringValue() : value.toString();
  }

  static @Nullable String orNull(Optional<String> value) {
    return value.orElse(null);
  }
}
