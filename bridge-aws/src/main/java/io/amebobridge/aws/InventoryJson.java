package io.amebobridge.aws;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** JSON to plain values and back. Stateless. */
final class InventoryJson {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<Map<String, @Nullable Object>> MAP = new TypeReference<>() {};

  private InventoryJson() {}

  static Map<String, @Nullable Object> map(Object records) {
    return new LinkedHashMap<>(JSON.convertValue(records, MAP));
  }

  /** A policy, which AWS gives as text; what is no JSON stays text, what is empty is nothing. */
  static @Nullable Object policy(@Nullable String text) {
    if (text == null || text.isBlank()) return null;
    try {
      return JSON.readValue(text, Object.class);
    } catch (JacksonException e) {
      return text;
    }
  }

  static @Nullable Object field(@Nullable Object policy, String name) {
    return policy instanceof Map<?, ?> map ? map.get(name) : null;
  }
}
