package io.amebobridge.rabbitmq;

import io.amebobridge.core.Header;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message's headers as AMQP's table, with their types where those are known. Stateless. */
final class HeaderTable {
  private static final BigInteger INT_MAX = BigInteger.valueOf(Integer.MAX_VALUE);

  private HeaderTable() {}

  /**
   * A name that occurs several times becomes a list: a table has each name once.
   *
   * @param typed the headers as they were before they became bytes, if anybody knows
   */
  static Map<String, @Nullable Object> of(List<Header> headers, @Nullable Object typed) {
    Map<String, List<@Nullable Object>> all = new LinkedHashMap<>();
    for (Header header : headers) {
      all.computeIfAbsent(header.name(), n -> new ArrayList<>()).add(value(header, typed));
    }
    Map<String, @Nullable Object> table = new LinkedHashMap<>();
    all.forEach((name, values) -> table.put(name, values.size() == 1 ? values.get(0) : values));
    return table;
  }

  private static @Nullable Object value(Header header, @Nullable Object typed) {
    byte[] bytes = header.value();
    if (bytes == null) return null;
    String text = text(bytes);
    Object known = typed instanceof Map<?, ?> map ? map.get(header.name()) : null;
    // a mapping may have changed the header since
    if (known != null && TypedValues.text(known).equals(text)) return field(known);
    return text == null ? bytes : text;
  }

  /** What the client can write. */
  static @Nullable Object field(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> table = new LinkedHashMap<>();
      map.forEach((k, v) -> table.put(String.valueOf(k), field(v)));
      return table;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> array = new ArrayList<>();
      for (Object v : list) array.add(field(v));
      return array;
    }
    if (value instanceof BigInteger i && i.bitLength() < Long.SIZE) return i.longValueExact();
    if (value instanceof BigDecimal d && isWritable(d)) return d;
    boolean plain =
        value == null
            || value instanceof Integer
            || value instanceof Long
            || value instanceof Short
            || value instanceof Byte
            || value instanceof Double
            || value instanceof Float
            || value instanceof Boolean;
    return plain ? value : String.valueOf(value);
  }

  /** AMQP's decimals have 32 bits. */
  private static boolean isWritable(BigDecimal d) {
    return d.scale() >= 0 && d.scale() <= 255 && d.unscaledValue().abs().compareTo(INT_MAX) <= 0;
  }

  private static @Nullable String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException binary) {
      return null;
    }
  }
}
