package io.amebobridge.core.mapping;

import com.dashjoin.jsonata.Jsonata;
import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.config.ExactNumber;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What expressions see of one message; the body is decoded when the first one asks. */
final class Scope {
  /** As JSONata writes times itself, so that {@code $toMillis($timestamp)} reads it. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final Message message;
  private final ExactNumber.Rounding rounding;
  private final Map<String, BodyFormat> formats;
  private @Nullable String decodedAs;
  private @Nullable Object decoded;
  private @Nullable Object item;
  private int index;

  Scope(Message message, ExactNumber.Rounding rounding, Map<String, BodyFormat> formats) {
    this.message = message;
    this.rounding = rounding;
    this.formats = formats;
  }

  Message message() {
    return message;
  }

  /** The element that a {@code forEach} has come to. */
  void element(Object newItem, int newIndex) {
    item = newItem;
    index = newIndex;
  }

  /** Undefined (null) for a tombstone. */
  @Nullable Object body(String format) throws MappingFailure {
    byte[] body = message.body();
    if (body == null) return null;
    if (format.equals(decodedAs)) return decoded;
    try {
      decoded =
          format.equals("json")
              ? new JsonBody(rounding).decode(body)
              : exact(Objects.requireNonNull(formats.get(format)).decode(message));
    } catch (UndecodableException e) {
      throw undecodable(e);
    }
    decodedAs = format;
    return decoded;
  }

  /** The body unchanged, once it is known to be a JSON document. */
  byte[] jsonBytes(byte[] body) throws MappingFailure {
    if ("json".equals(decodedAs)) return body;
    try {
      new JsonBody(rounding).check(body);
      return body;
    } catch (UndecodableException e) {
      throw undecodable(e);
    }
  }

  private static MappingFailure undecodable(UndecodableException e) {
    return new MappingFailure(
        "the body is " + e.getMessage() + "; correct the producer, or the route's format");
  }

  /** Undefined (null) where the message has no such thing. */
  @Nullable Object variable(String name) {
    return switch (name) {
      case "source" -> message.origin().source();
      case "key" -> message.key() == null ? null : Utf8.decode(message.key());
      case "headers" -> {
        Object typed = message.origin().variables().get(name);
        yield typed == null ? headers() : exact(typed);
      }
      case "timestamp" -> TIME.format(message.origin().timestamp());
      case "item" -> item;
      case "index" -> item == null ? null : index;
      case "messageId" -> message.origin().variables().getOrDefault(name, message.id());
      default -> structured(message.origin().variables().get(name));
    };
  }

  private @Nullable Object structured(@Nullable Object value) {
    return value instanceof Map || value instanceof List ? exact(value) : value;
  }

  /**
   * One text per name, or the list of them where the name is repeated. What is no text is left out;
   * a header without a value is null.
   */
  private Map<String, Object> headers() {
    Map<String, Object> all = new LinkedHashMap<>();
    for (Header header : message.headers()) {
      Object value = header.value() == null ? Jsonata.NULL_VALUE : Utf8.decode(header.value());
      if (value != null) all.merge(header.name(), value, Scope::append);
    }
    return all;
  }

  private static Object append(Object before, Object value) {
    List<Object> values = new ArrayList<>();
    if (before instanceof List<?> list) values.addAll(list);
    else values.add(before);
    values.add(value);
    return values;
  }

  /** A format's own numbers keep their digits as JSON's do. */
  private Object exact(@Nullable Object value) {
    if (value == null) return Jsonata.NULL_VALUE;
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> copy = new LinkedHashMap<>();
      map.forEach((k, v) -> copy.put(String.valueOf(k), exact(v)));
      return copy;
    }
    if (value instanceof List<?> list) {
      List<Object> copy = new ArrayList<>();
      for (Object v : list) copy.add(exact(v));
      return copy;
    }
    boolean wide =
        value instanceof Long || value instanceof BigDecimal || value instanceof BigInteger;
    return wide ? ExactNumber.of(value.toString(), rounding) : value;
  }
}
