package io.amebobridge.brokers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/**
 * A subscription's filter policy: exact values, {@code prefix}, {@code suffix}, {@code
 * anything-but}, {@code numeric}, {@code exists}; on attributes, or on the body with nested fields.
 * Of a field with several conditions one must hold, and each field must have one that does.
 */
final class SnsFilter {
  private static final JsonMapper JSON = JsonMapper.shared();

  private SnsFilter() {}

  /** Whether it lets a message through whose attributes are these. */
  static boolean admits(JsonNode policy, Map<String, LocalSns.Attribute> attributes) {
    for (Map.Entry<String, JsonNode> field : policy.properties()) {
      LocalSns.Attribute attribute = attributes.get(field.getKey());
      if (!any(field.getValue(), attribute == null ? List.of() : values(attribute))) return false;
    }
    return true;
  }

  private static List<JsonNode> values(LocalSns.Attribute attribute) {
    String value = attribute.value();
    try {
      if (attribute.type().startsWith("Number")) return List.of(JSON.readTree(value));
      if (attribute.type().startsWith("String.Array")) return leaves(JSON.readTree(value));
    } catch (tools.jackson.core.JacksonException e) {
      // taken as text
    }
    return List.of(StringNode.valueOf(value));
  }

  /** Whether it lets a message through whose body is this. */
  static boolean admits(JsonNode policy, @Nullable JsonNode body) {
    if (body == null || !body.isObject()) return false;
    for (Map.Entry<String, JsonNode> field : policy.properties()) {
      JsonNode value = body.get(field.getKey());
      boolean admitted =
          field.getValue().isObject()
              ? value != null && admits(field.getValue(), value)
              : any(field.getValue(), value == null ? List.of() : leaves(value));
      if (!admitted) return false;
    }
    return true;
  }

  private static List<JsonNode> leaves(JsonNode value) {
    if (!value.isArray()) return List.of(value);
    List<JsonNode> all = new ArrayList<>();
    value.forEach(v -> all.addAll(leaves(v)));
    return all;
  }

  private static boolean any(JsonNode conditions, List<JsonNode> values) {
    for (JsonNode condition : conditions) {
      if (condition.isObject() && condition.has("exists")) {
        if (condition.get("exists").asBoolean() == !values.isEmpty()) return true;
      } else if (values.stream().anyMatch(v -> holds(condition, v))) {
        return true;
      }
    }
    return false;
  }

  private static boolean holds(JsonNode condition, JsonNode value) {
    if (!condition.isObject()) return same(condition, value);
    Map.Entry<String, JsonNode> rule = condition.properties().iterator().next();
    JsonNode operand = rule.getValue();
    return switch (rule.getKey()) {
      case "prefix" -> value.isString() && value.stringValue().startsWith(operand.asString());
      case "suffix" -> value.isString() && value.stringValue().endsWith(operand.asString());
      case "anything-but" -> isNone(operand, value);
      case "numeric" -> value.isNumber() && inRange(operand, value);
      default -> throw new LocalSns.Refusal("InvalidParameter", "FilterPolicy: " + rule.getKey());
    };
  }

  private static boolean isNone(JsonNode operand, JsonNode value) {
    if (operand.isObject()) return !holds(operand, value);
    if (!operand.isArray()) return !same(operand, value);
    for (JsonNode each : operand) {
      if (same(each, value)) return false;
    }
    return true;
  }

  private static boolean same(JsonNode a, JsonNode b) {
    if (a.isNumber() && b.isNumber()) return a.decimalValue().compareTo(b.decimalValue()) == 0;
    return a.equals(b);
  }

  private static boolean inRange(JsonNode range, JsonNode value) {
    for (int i = 0; i + 1 < range.size(); i += 2) {
      int order = value.decimalValue().compareTo(range.get(i + 1).decimalValue());
      boolean holds =
          switch (range.get(i).asString()) {
            case "=" -> order == 0;
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            default -> order >= 0;
          };
      if (!holds) return false;
    }
    return true;
  }
}
