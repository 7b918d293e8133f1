package io.amebobridge.server.http;

import io.amebobridge.client.Secret;
import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.registry.Retention;
import io.amebobridge.server.store.Texts;
import java.time.Duration;
import java.time.format.DateTimeParseException;
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
    if (!Texts.isStorable(value.stringValue())) {
      throw new Refusal(400, name + " - has U+0000 or half of a surrogate pair");
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

  /** How long an action's events are kept: {@code {"age": "P30D", "bytes": 1000000000}}. */
  Optional<Retention> retention() {
    if (!has("retention")) {
      return Optional.empty();
    }
    JsonNode value = node.path("retention");
    for (String name : value.propertyNames()) {
      if (!name.equals("age") && !name.equals("bytes")) {
        throw new Refusal(400, "retention - got " + name + ", allowed: age, bytes");
      }
    }
    if (!value.isObject()) {
      throw new Refusal(400, "retention - is not a JSON object");
    }
    return Optional.of(new Retention(age(value.path("age")), bytes(value.path("bytes"))));
  }

  private static @Nullable Duration age(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    try {
      Duration age = Duration.parse(value.asString(""));
      if (age.toMillis() > 0) {
        return age;
      }
    } catch (DateTimeParseException | ArithmeticException e) {
      // said below
    }
    throw new Refusal(
        400,
        "retention.age - got " + value + ", allowed: an ISO 8601 duration such as P30D or PT12H");
  }

  private static @Nullable Long bytes(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
      throw new Refusal(400, "retention.bytes - got " + value + ", allowed: an integer from 0");
    }
    return value.longValue();
  }

  static @Nullable String orNull(Optional<String> value) {
    return value.orElse(null);
  }
}
