package io.amebobridge.core.mapping;

import com.dashjoin.jsonata.Jsonata;
import io.amebobridge.core.config.JsonText;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where two JSON values differ, a line for each place. The order of an object's keys is none. */
final class JsonDiff {
  private static final int WIDTH = 120;

  private final List<String> out = new ArrayList<>();

  private JsonDiff() {}

  static List<String> of(@Nullable Object expected, @Nullable Object got, String at) {
    JsonDiff diff = new JsonDiff();
    diff.compare(expected, got, at);
    return diff.out;
  }

  private void compare(@Nullable Object expected, @Nullable Object got, String at) {
    if (expected instanceof Map<?, ?> e && got instanceof Map<?, ?> g) {
      compareKeys(e, g, at);
    } else if (expected instanceof List<?> e && got instanceof List<?> g) {
      for (int i = 0; i < Math.max(e.size(), g.size()); i++) {
        String place = at + "[" + i + "]";
        if (i >= g.size()) add(place, show(e.get(i)), "nothing");
        else if (i >= e.size()) add(place, "nothing", show(g.get(i)));
        else compare(e.get(i), g.get(i), place);
      }
    } else if (!same(expected, got)) {
      add(at, show(expected), show(got));
    }
  }

  private void compareKeys(Map<?, ?> expected, Map<?, ?> got, String at) {
    Set<Object> keys = new LinkedHashSet<>(expected.keySet());
    keys.addAll(got.keySet());
    for (Object key : keys) {
      String place = at + "." + key;
      if (!got.containsKey(key)) add(place, show(expected.get(key)), "nothing");
      else if (!expected.containsKey(key)) add(place, "nothing", show(got.get(key)));
      else compare(expected.get(key), got.get(key), place);
    }
  }

  /** Numbers by their value: 100.00 in the message is 100.0 in a test. */
  private static boolean same(@Nullable Object expected, @Nullable Object got) {
    if (expected instanceof Number e && got instanceof Number g) {
      return number(e).compareTo(number(g)) == 0;
    }
    if (isNull(expected) || isNull(got)) return isNull(expected) && isNull(got);
    return expected != null && expected.equals(got);
  }

  private static BigDecimal number(Number n) {
    return new BigDecimal(n.toString());
  }

  private static boolean isNull(@Nullable Object value) {
    return value == null || value == Jsonata.NULL_VALUE;
  }

  private void add(String at, String expected, String got) {
    out.add(at + ": expected " + expected + ", got " + got);
  }

  private static String show(@Nullable Object value) {
    String text = JsonText.write(value);
    return text.length() <= WIDTH ? text : text.substring(0, WIDTH) + "…";
  }
}
