package io.amebobridge.core.config;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * Writes plain values as JSON with their numbers as they are: exact ones in their own digits,
 * doubles in as few as tell them apart. Stateless.
 */
public final class JsonText {
  /** Beyond these, zeros would only pad. */
  private static final double PLAIN_FROM = 1e-6;

  private static final double PLAIN_BELOW = 1e21;

  private JsonText() {}

  /**
   * Maps, lists, texts, numbers, booleans and null.
   *
   * @throws IllegalArgumentException for what JSON can't hold, such as a function
   */
  public static String write(@Nullable Object value) {
    StringBuilder out = new StringBuilder(128);
    write(value, out);
    return out.toString();
  }

  private static void write(@Nullable Object value, StringBuilder out) {
    if (value == null || value == com.dashjoin.jsonata.Jsonata.NULL_VALUE) {
      out.append("null");
    } else if (value instanceof String text) {
      quote(text, out);
    } else if (value instanceof Number number) {
      out.append(number(number));
    } else if (value instanceof Boolean) {
      out.append(value);
    } else if (value instanceof Map<?, ?> map) {
      writeObject(map, out);
    } else if (value instanceof List<?> list) {
      writeArray(list, out);
    } else {
      throw new IllegalArgumentException("a function is no JSON value");
    }
  }

  private static void writeObject(Map<?, ?> map, StringBuilder out) {
    out.append('{');
    boolean first = true;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!first) out.append(',');
      first = false;
      quote(String.valueOf(entry.getKey()), out);
      out.append(':');
      write(entry.getValue(), out);
    }
    out.append('}');
  }

  private static void writeArray(List<?> list, StringBuilder out) {
    out.append('[');
    for (int i = 0; i < list.size(); i++) {
      if (i > 0) out.append(',');
      write(list.get(i), out);
    }
    out.append(']');
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, out);
    out.append('"');
  }

  /** A number's digits: never {@code 1.0E10}. */
  public static String number(Number number) {
    if (number instanceof Double || number instanceof Float) {
      double d = number.doubleValue();
      if (!Double.isFinite(d)) throw new IllegalArgumentException(d + " is no JSON value");
      if (d == 0) return "0";
      BigDecimal exact = new BigDecimal(number.toString()).stripTrailingZeros();
      double size = Math.abs(d);
      boolean plain = size >= PLAIN_FROM && size < PLAIN_BELOW;
      return plain ? exact.toPlainString() : exact.toString();
    }
    return number.toString();
  }
}
