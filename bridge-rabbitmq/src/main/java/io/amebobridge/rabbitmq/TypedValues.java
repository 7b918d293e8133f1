package io.amebobridge.rabbitmq;

import com.rabbitmq.client.LongString;
import io.amebobridge.core.Header;
import io.amebobridge.core.config.JsonText;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * AMQP's field values as what expressions know: text, numbers with their digits, booleans, lists,
 * maps, null. A time is text in UTC with milliseconds, as {@code $timestamp} is; bytes that are no
 * UTF-8, and fields declared as bytes, are base64. Stateless.
 */
final class TypedValues {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private TypedValues() {}

  static Map<String, @Nullable Object> map(@Nullable Map<String, ?> table) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    if (table != null) table.forEach((k, v) -> copy.put(k, v == null ? null : plain(v)));
    return copy;
  }

  static Object plain(Object value) {
    if (value instanceof LongString text) return utf8OrBase64(text.getBytes());
    if (value instanceof byte[] bytes) return Base64.getEncoder().encodeToString(bytes);
    if (value instanceof Date date) return TIME.format(date.toInstant());
    if (value instanceof Byte || value instanceof Short) return ((Number) value).intValue();
    if (value instanceof Float f) return Double.valueOf(f.toString()); // 0.1 stays 0.1
    if (value instanceof Number || value instanceof Boolean) return value;
    if (value instanceof Map<?, ?> table) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      table.forEach((k, v) -> copy.put(String.valueOf(k), v == null ? null : plain(v)));
      return copy;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>();
      for (Object v : list) copy.add(v == null ? null : plain(v));
      return copy;
    }
    return value.toString();
  }

  private static String utf8OrBase64(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException binary) {
      return Base64.getEncoder().encodeToString(bytes);
    }
  }

  /** As one text: a table or a list as JSON. */
  static String text(Object value) {
    Object plain = plain(value);
    return plain instanceof Map || plain instanceof List
        ? JsonText.write(plain)
        : Objects.toString(plain);
  }

  /** As bytes: text and binary as they are, anything else as text. */
  static List<Header> headers(@Nullable Map<String, ?> table) {
    List<Header> headers = new ArrayList<>();
    if (table != null) table.forEach((name, value) -> headers.add(header(name, value)));
    return headers;
  }

  private static Header header(String name, @Nullable Object value) {
    if (value == null) return new Header(name, null);
    if (value instanceof LongString text) return new Header(name, text.getBytes());
    if (value instanceof byte[] bytes) return new Header(name, bytes);
    return Header.of(name, text(value));
  }
}
