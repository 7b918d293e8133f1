package io.amebobridge.rabbitmq;

import io.amebobridge.core.config.ConfigSection;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One binding of a shadow queue; two are the same where exchange, key and arguments are.
 *
 * @param arguments such as {@code x-match} and the headers of a headers exchange
 */
record ShadowBinding(String exchange, String routingKey, Map<String, Object> arguments) {
  ShadowBinding {
    arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
  }

  static ShadowBinding read(ConfigSection section) {
    String exchange = section.text("exchange").orElse("");
    if (exchange.isEmpty()) {
      section.problem(
          "exchange",
          section.has("exchange")
              ? "is the default exchange, which routes by the queue's own name: nothing else can be"
                  + " bound to it, so what is published through it can't be shadowed; use read:"
                  + " takeover for such a queue"
              : "is missing, allowed: the name of the exchange that the application's queue is"
                  + " bound to");
    }
    ShadowBinding binding =
        new ShadowBinding(exchange, section.text("routingKey").orElse(""), arguments(section));
    section.refuseUnknown();
    return binding;
  }

  private static Map<String, Object> arguments(ConfigSection section) {
    Object raw = section.raw("arguments");
    Map<String, Object> table = new LinkedHashMap<>();
    if (raw == null) return table;
    if (!(raw instanceof Map<?, ?> map)) {
      section.problem("arguments", "must be a mapping, such as {x-match: all, format: pdf}");
      return table;
    }
    map.forEach(
        (name, value) -> {
          Object plain = value == null ? null : amqp(value);
          if (plain != null) table.put(String.valueOf(name), plain);
          else section.problemIn("arguments", "." + name, "must be text, a number or true, false");
        });
    return table;
  }

  /** As an application would have it: a whole number as an int where it fits. */
  private static @Nullable Object amqp(Object value) {
    if (value instanceof String || value instanceof Boolean) return value;
    if (!(value instanceof Number number)) return null;
    BigDecimal exact = new BigDecimal(number.toString());
    if (exact.stripTrailingZeros().scale() > 0) return exact.doubleValue();
    BigInteger whole = exact.toBigInteger();
    if (whole.bitLength() < 32) return whole.intValue();
    return whole.bitLength() < 64 ? (Object) whole.longValue() : null;
  }

  /** The same as one that the management API tells of. */
  boolean is(String otherExchange, String otherKey, Map<String, ?> otherArguments) {
    return exchange.equals(otherExchange)
        && routingKey.equals(otherKey)
        && texts(arguments).equals(texts(otherArguments));
  }

  /** JSON does not tell one kind of number from another. */
  private static Map<String, String> texts(Map<String, ?> table) {
    Map<String, String> texts = new LinkedHashMap<>();
    table.forEach((name, value) -> texts.put(name, text(value)));
    return texts;
  }

  private static String text(@Nullable Object value) {
    if (!(value instanceof Number number)) return String.valueOf(value);
    return new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
  }

  static List<String> describe(List<ShadowBinding> bindings) {
    return bindings.stream().map(ShadowBinding::toString).toList();
  }

  @Override
  public String toString() {
    String key = routingKey.isEmpty() ? "" : " with key " + routingKey;
    return "exchange " + exchange + key + (arguments.isEmpty() ? "" : " with " + arguments);
  }
}
