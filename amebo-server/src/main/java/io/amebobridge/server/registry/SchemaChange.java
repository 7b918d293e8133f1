package io.amebobridge.server.registry;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Compares two schemas of an action by structure: required properties, types, enumerations, pattern
 * properties and additional properties. What it reports is narrower for sure; what it does not know
 * (bounds, patterns, combinations) it reports as changed.
 */
public final class SchemaChange {
  private static final Set<String> HARMLESS =
      Set.of("$schema", "$id", "$comment", "title", "description", "default", "examples");
  // Without them the rest of the schema means more than before.
  private static final Set<String> MISSED = Set.of("$ref", "prefixItems", "minContains");
  private static final Set<String> COMPARED =
      Set.of(
          "type",
          "properties",
          "patternProperties",
          "required",
          "enum",
          "additionalProperties",
          "items");
  private static final String DEFAULT_DRAFT = "http://json-schema.org/draft-07/schema";
  private final List<String> found = new ArrayList<>();

  private SchemaChange() {}

  /** Where the second refuses what the first took, or may do so; empty where it is as wide. */
  public static List<String> narrower(String before, String after) {
    if (EventSchema.stored(before).invalid().isPresent()) {
      return List.of(); // it took nothing
    }
    SchemaChange change = new SchemaChange();
    JsonNode then = JsonMapper.shared().readTree(before);
    JsonNode now = JsonMapper.shared().readTree(after);
    change.compare("", then, now);
    if (!draft(then).equals(draft(now))) {
      change.found.add("the payload is checked by another draft");
    }
    return List.copyOf(change.found);
  }

  private void compare(String at, JsonNode before, JsonNode after) {
    if (before.equals(after) || isTrue(after)) {
      return;
    }
    if (isFalse(before)) {
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
    for (String name : after.path("properties").propertyNames()) {
      narrowed(at + "/" + name, allowed(before, name), after.path("properties").path(name));
    }
    for (String name : before.path("properties").propertyNames()) {
      if (!after.path("properties").has(name)) {
        for (JsonNode now : allowed(after, name)) {
          narrowed(at + "/" + name, List.of(before.path("properties").path(name)), now);
        }
      }
    }
    comparePatterns(at, before, after);
    compareAdditional(at, before.path("additionalProperties"), after.path("additionalProperties"));
    if (after.has("items")) {
      if (before.has("items")) {
        compare(at + "/items", before.path("items"), after.path("items"));
      } else {
        found.add(place(at) + " restricts its items");
      }
    }
  }

  private void comparePatterns(String at, JsonNode before, JsonNode after) {
    JsonNode then = before.path("patternProperties");
    JsonNode now = after.path("patternProperties");
    JsonNode otherwise = after.path("additionalProperties");
    for (String pattern : then.propertyNames()) {
      if (!now.has(pattern) && !otherwise.isMissingNode()) {
        narrowed(at + "/" + pattern, List.of(then.path(pattern)), otherwise);
      }
    }
    for (String pattern : now.propertyNames()) {
      if (then.has(pattern)) {
        compare(at + "/" + pattern, then.path(pattern), now.path(pattern));
      } else if (!isFalse(before.path("additionalProperties"))
          || before.has("properties")
          || !then.isEmpty()) {
        // Which of the names before it matches is not looked into.
        narrowed(at + "/" + pattern, List.of(), now.path(pattern));
      }
    }
  }

  private void compareAdditional(String at, JsonNode then, JsonNode now) {
    if (now.isMissingNode() || isFalse(then)) {
      return;
    }
    if (isFalse(now)) {
      found.add(place(at) + " no longer allows additional properties");
    } else {
      narrowed(at + "/*", then.isMissingNode() ? List.of() : List.of(then), now);
    }
  }

  /** What a property had to be when it has no schema of its own; none: whatever. */
  private static List<JsonNode> allowed(JsonNode schema, String name) {
    JsonNode own = schema.path("properties").path(name);
    if (!own.isMissingNode()) {
      return List.of(own);
    }
    List<JsonNode> all = new ArrayList<>();
    for (String pattern : schema.path("patternProperties").propertyNames()) {
      if (matches(pattern, name)) {
        all.add(schema.path("patternProperties").path(pattern));
      }
    }
    JsonNode additional = schema.path("additionalProperties");
    if (all.isEmpty() && !additional.isMissingNode()) {
      all.add(additional);
    }
    return all;
  }

  private static boolean matches(String pattern, String name) {
    MatchingBudget.begin(name.length());
    try {
      return new BoundedRegex(pattern).matches(name);
    } catch (BoundedRegex.TooSlow | PatternSyntaxException e) {
      return false;
    }
  }

  /** Reports where all of the schemas before let pass what the one now refuses. */
  private void narrowed(String at, List<JsonNode> before, JsonNode now) {
    if (isTrue(now) || before.stream().anyMatch(SchemaChange::isFalse)) {
      return;
    }
    if (isFalse(now)) {
      found.add(at + " is no longer allowed");
    } else if (before.isEmpty() || before.stream().allMatch(SchemaChange::isTrue)) {
      found.add(at + " was any value");
    } else if (before.size() > 1) {
      found.add(at + " has another schema");
    } else {
      compare(at, before.get(0), now);
    }
  }

  private void compareOthers(String at, JsonNode before, JsonNode after) {
    boolean unevaluated = after.has("unevaluatedProperties") || after.has("unevaluatedItems");
    for (String name : before.propertyNames()) {
      if (!after.has(name)
          && (MISSED.contains(name) || (unevaluated && !HARMLESS.contains(name)))) {
        found.add(place(at) + " no longer has \"" + name + "\"");
      }
    }
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

  /** Whether it takes whatever comes. */
  private static boolean isTrue(JsonNode node) {
    return (node.isBoolean() && node.booleanValue())
        || (node.isObject() && HARMLESS.containsAll(node.propertyNames()));
  }

  private static String draft(JsonNode schema) {
    return schema.path("$schema").asString(DEFAULT_DRAFT).replaceAll("#$", "");
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
