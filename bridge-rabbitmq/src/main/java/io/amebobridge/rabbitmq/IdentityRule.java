package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where a message says who it is (rule 4); prints as the config has it. */
sealed interface IdentityRule {
  String ALLOWED =
      "messageId (the default, but for streams: the property message-id), property:<name>, header:<name>,"
          + " body:<field, or path.to.field of a JSON body>, or none";

  /** By the name that the mapping sees it by, such as {@code correlationId}. */
  record OfProperty(String name) implements IdentityRule {
    @Override
    public String toString() {
      return name.equals("messageId") ? name : "property:" + name;
    }
  }

  record OfHeader(String name) implements IdentityRule {
    @Override
    public String toString() {
      return "header:" + name;
    }
  }

  /** A text or a whole number of a JSON body. */
  record OfBody(String path) implements IdentityRule {
    @Override
    public String toString() {
      return "body:" + path;
    }
  }

  /** Where the config does not say: a stream's offset, else the property message-id. */
  record Usual() implements IdentityRule {
    @Override
    public String toString() {
      return "messageId";
    }
  }

  record None() implements IdentityRule {
    @Override
    public String toString() {
      return "none";
    }
  }

  /**
   * Reads the config's notation.
   *
   * @throws IllegalArgumentException for anything else
   */
  static IdentityRule parse(String text) {
    if (text.equals("messageId")) return new OfProperty(text);
    if (text.equals("none")) return new None();
    int colon = text.indexOf(':');
    String kind = colon < 0 ? "" : text.substring(0, colon);
    String name = text.substring(colon + 1).strip();
    if (kind.equals("property") && MessageProperties.NAMES.contains(name)) {
      return new OfProperty(name);
    }
    if (kind.equals("header") && !name.isEmpty()) return new OfHeader(name);
    if (kind.equals("body") && !name.isEmpty()) return new OfBody(name);
    throw new IllegalArgumentException("got " + text + ", allowed: " + ALLOWED);
  }

  /** Null where the message does not say. */
  default @Nullable String of(BasicProperties properties, byte[] body) {
    Object value = null;
    if (this instanceof Usual) {
      value = properties.getMessageId();
    } else if (this instanceof OfProperty property) {
      value = MessageProperties.of(properties).get(property.name());
    } else if (this instanceof OfHeader header) {
      Map<String, Object> headers = properties.getHeaders();
      value = headers == null ? null : headers.get(header.name());
    } else if (this instanceof OfBody field) {
      value = BodyField.read(body, field.path());
    }
    if (value == null) return null;
    String text = TypedValues.text(value);
    return text.isEmpty() ? null : text;
  }

  /** Looks into JSON. Stateless. */
  final class BodyField {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private BodyField() {}

    /** Null where the body is no JSON, or has no such text or whole number. */
    static @Nullable String read(byte[] body, String path) {
      try {
        JsonNode node = MAPPER.readTree(body);
        for (String name : path.split("\\.", -1)) node = node.path(name);
        // of a decimal number no two readers agree on the text
        return node.isString() || node.isIntegralNumber() ? node.asString() : null;
      } catch (JacksonException notJson) {
        return null; // the route will say so
      }
    }
  }
}
