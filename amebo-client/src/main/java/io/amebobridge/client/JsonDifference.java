package io.amebobridge.client;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Finds where two JSON values differ; the order of fields and 1 against 1.0 are no difference. */
final class JsonDifference {
  private JsonDifference() {}

  /** Such as {@code /properties/age: there "string", here "integer"}; null where there is none. */
  static @Nullable String first(JsonNode there, JsonNode here) {
    return first("", there, here);
  }

  private static @Nullable String first(String path, JsonNode there, JsonNode here) {
    if (there.isObject() && here.isObject()) return inObjects(path, there, here);
    if (there.isArray() && here.isArray() && there.size() == here.size()) {
      for (int i = 0; i < there.size(); i++) {
        String found = first(path + "/" + i, there.get(i), here.get(i));
        if (found != null) return found;
      }
      return null;
    }
    if (there.isNumber() && here.isNumber()) {
      return there.decimalValue().compareTo(here.decimalValue()) == 0
          ? null
          : report(path, there, here);
    }
    return there.equals(here) ? null : report(path, there, here);
  }

  private static @Nullable String inObjects(String path, JsonNode there, JsonNode here) {
    Set<String> names = new TreeSet<>(there.propertyNames());
    names.addAll(here.propertyNames());
    for (String name : names) {
      String inner = path + "/" + name.replace("~", "~0").replace("/", "~1");
      JsonNode a = there.get(name);
      JsonNode b = here.get(name);
      if (a == null) return inner + ": only here";
      if (b == null) return inner + ": only there";
      String found = first(inner, a, b);
      if (found != null) return found;
    }
    return null;
  }

  private static String report(String path, JsonNode there, JsonNode here) {
    return (path.isEmpty() ? "/" : path) + ": there " + brief(there) + ", here " + brief(here);
  }

  private static String brief(JsonNode value) {
    String text = value.toString();
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }
}
