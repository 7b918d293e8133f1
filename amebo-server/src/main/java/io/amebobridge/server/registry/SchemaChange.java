package io.amebobridge.server.registry;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Compares two schemas of an action by structure: required properties, types, enumerations and
 * additional properties. What it reports is narrower for sure; what it does not know (bounds,
 * patterns, combinations) it reports as changed.
 */
public final class SchemaChange {
  private static final Set<String> HARMLESS =
      Set.of("$schema", "$id", "$comment", "title", "description", "default", "examples");
  private static final Set<String> COMPARED =
      Set.of("type", "properties", "required", "enum", "additionalProperties", "items");
  private final List<String> found = new ArrayList<>();

  private SchemaChange() {}

  /** Where the second refuses what the first took, or may do so; empty where it is as wide. */
  public static List<String> narrower(String before, String after) {
    if (EventSchema.stored(before).invalid().isPresent()) {
      return List.of(); // it took nothing
    }
    SchemaChange change = new SchemaChange();
    change.compare("", JsonMapper.shared().readTree(before), JsonMapper.shared().readTree(after));
    return List.copyOf(change.found);
  }

  private void compare(String at, JsonNode before, JsonNode after) {
    if (before.equals(after) || after.equals(JsonMapper.shared().readTree("true"))) {
      return;
    }
    if (!before.isObject() || !after.isObject()) {
      found.add(place(at) + " is another schema");
      return;
    }
    compareTypes(at, before.path("type"), after.path("type"));
    Set<JsonNode> enumBefore = values(before.path("enum"));
    if (after.has("enum")
        && (enumBefore.isEmpty() || !values(after.path("enum")).containsAll(enumBefore))) {
      found.add(place(at) + " allows fewer values");
    }
    for (JsonNode required : values(after.path("required"))) {
      if (!values(before.path("required")).contains(required)) {
        found.add(at + "/" + required.asString() + " becomes required");
      }
    }
    compareProperties(at, before, after);
    compareOthers(at, before, after);
  }

  private void compareTypes(String at, JsonNode before, JsonNode after) {
    if (after.isMissingNode()) {
      return;
    }
    Set<JsonNode> now = values(after);
    Set<JsonNode> then = values(before);
    boolean widened = now.stream().anyMatch(type -> type.asString().equals("number"));
    then.removeIf(type -> widened && type.asString().equals("integer"));
    if (before.isMissingNode() || !now.containsAll(then)) {
      found.add(
          place(at)
              + " must be "
              + after
              + " and was "
              + (before.isMissingNode() ? "any type" : before));
    }
  }

  private void compareProperties(String at, JsonNode before, JsonNode after) {
    boolean closedBefore = isFalse(before.path("additionalProperties"));
    for (String name : after.path("properties").propertyNames()) {
      JsonNode then = before.path("properties").path(name);
      if (!then.isMissingNode()) {
        compare(at + "/" + name, then, after.path("properties").path(name));
      } else if (!closedBefore && !after.path("properties").path(name).isEmpty()) {
        found.add(at + "/" + name + " was any value");
      }
    }
    if (isFalse(after.path("additionalProperties"))) {
      if (!closedBefore) {
        found.add(place(at) + " no longer allows additional properties");
      }
      for (String name : before.path("properties").propertyNames()) {
        if (!after.path("properties").has(name)) {
          found.add(at + "/" + name + " is no longer allowed");
        }
      }
    }
    if (after.has("items")) {
      if (before.has("items")) {
        compare(at + "/items", before.path("items"), after.path("items"));
      } else {
        found.add(place(at) + " restricts its items");
      }
    }
  }

  private void compareOthers(String at, JsonNode before, JsonNode after) {
    for (String name : after.propertyNames()) {
      boolean known = HARMLESS.contains(name) || COMPARED.contains(name);
      if (!known && !after.path(name).equals(before.path(name))) {
        found.add(place(at) + " has another \"" + name + "\"");
      }
    }
  }

  private static boolean isFalse(JsonNode node) {
    return node.isBoolean() && !node.booleanValue();
  }

  private static Set<JsonNode> values(JsonNode node) {
    Set<JsonNode> all = new HashSet<>();
    if (node.isArray()) {
      node.forEach(all::add);
    } else if (!node.isMissingNode()) {
      all.add(node);
    }
    return all;
  }

  private static String place(String at) {
    return at.isEmpty() ? "the payload" : at;
  }
}
