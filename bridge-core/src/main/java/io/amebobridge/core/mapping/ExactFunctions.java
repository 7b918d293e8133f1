package io.amebobridge.core.mapping;

import com.dashjoin.jsonata.Functions;
import com.dashjoin.jsonata.Jsonata;
import io.amebobridge.core.config.ExactNumber;
import io.amebobridge.core.config.ExactNumber.Rounding;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * JSONata's functions that would make doubles of numbers behind our back: {@code $clone} goes
 * through text (as the transform operator does, which is refused for it); {@code $number} reads
 * text.
 */
final class ExactFunctions {
  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][-+]?\\d+)?");

  private ExactFunctions() {}

  static void register(Jsonata jsonata, Rounding rounding) {
    jsonata.registerFunction(
        "clone", Jsonata.function("clone", (Object v) -> clone(v), "<(oa)-:o>"));
    jsonata.registerFunction(
        "number", Jsonata.function("number", (Object v) -> number(v, rounding), "<(nsb)-:n>"));
    jsonata.registerFunction(
        "round",
        Jsonata.function(
            "round", (Number v, Number digits) -> round(v, digits, rounding), "<n-n?:n>"));
    jsonata.registerFunction(
        "formatBase",
        Jsonata.function("formatBase", (Number v, Number base) -> formatBase(v, base), "<n-n?:s>"));
  }

  private static @Nullable String formatBase(@Nullable Number value, @Nullable Number base) {
    int radix = base == null ? 10 : base.intValue();
    boolean own = radix >= Character.MIN_RADIX && radix <= Character.MAX_RADIX;
    if (!own || !(value instanceof ExactNumber n) || n.isDouble()) {
      return Functions.formatBase(value, base);
    }
    BigDecimal whole = new BigDecimal(n.toString()).setScale(0, RoundingMode.HALF_EVEN);
    return whole.toBigInteger().toString(radix);
  }

  /** Half to even, as JSONata has it; its own goes through text and ends in a double. */
  private static @Nullable Number round(
      @Nullable Number value, @Nullable Number digits, Rounding rounding) {
    if (!(value instanceof ExactNumber n) || n.isDouble()) return Functions.round(value, digits);
    int scale = digits == null ? 0 : digits.intValue();
    BigDecimal exact = new BigDecimal(n.toString()).setScale(scale, RoundingMode.HALF_EVEN);
    return ExactNumber.of(exact.toPlainString(), rounding);
  }

  private static Object number(Object value, Rounding rounding) {
    if (value instanceof ExactNumber n && !n.isDouble()) return n;
    if (value instanceof String text && NUMBER.matcher(text).matches()) {
      ExactNumber exact = ExactNumber.of(text, rounding);
      if (!exact.isDouble()) return exact;
    }
    return Functions.number(value);
  }

  private static Object clone(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>();
      map.forEach((k, v) -> copy.put(k, clone(v)));
      return copy;
    }
    if (value instanceof List<?> list) {
      List<Object> copy = new ArrayList<>(list.size());
      for (Object v : list) copy.add(clone(v));
      return copy;
    }
    return value;
  }
}
