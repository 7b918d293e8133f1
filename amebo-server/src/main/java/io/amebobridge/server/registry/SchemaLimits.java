package io.amebobridge.server.registry;

import com.networknt.schema.SpecificationVersion;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * What a schema may be, beyond being valid: not too large, and no reference that leads back to
 * itself without going into the payload. Confined to one check.
 */
final class SchemaLimits {
  private static final int MOST_CHARACTERS = 1 << 20;
  private static final int MOST_OBJECTS = 20_000;
  private static final int DEEPEST = 200;
  private static final int LONGEST_CHAIN = 200;
  private static final Set<String> LISTS_IN_PLACE = Set.of("allOf", "anyOf", "oneOf");
  private static final Set<String> IN_PLACE = Set.of("not", "if", "then", "else");
  private static final Set<String> MAPS_IN_PLACE = Set.of("dependentSchemas", "dependencies");
  private final JsonNode root;
  private final boolean refHidesOthers;
  private final IdentityHashMap<JsonNode, Boolean> finished = new IdentityHashMap<>();
  private final IdentityHashMap<JsonNode, Boolean> under = new IdentityHashMap<>();
  private int objects;

  private SchemaLimits(JsonNode root, SpecificationVersion draft) {
    this.root = root;
    this.refHidesOthers = draft.compareTo(SpecificationVersion.DRAFT_7) <= 0;
  }

  /**
   * Checks the text before it is parsed.
   *
   * @throws Refusal where it is too long
   */
  static void checkSize(String text) {
    if (text.length() > MOST_CHARACTERS) {
      throw refused("has " + text.length() + " characters, allowed: " + MOST_CHARACTERS);
    }
  }

  /**
   * Checks a schema that was parsed.
   *
   * @throws Refusal naming the place
   */
  static void check(JsonNode schema, SpecificationVersion draft) {
    new SchemaLimits(schema, draft).walk(schema, "", 0);
  }

  private void walk(JsonNode node, String place, int depth) {
    if (depth > DEEPEST) {
      throw refused("is nested deeper than " + DEEPEST + " at " + place);
    }
    if (node.isNumber() && !Double.isFinite(node.doubleValue())) {
      throw refused(place + " is a number beyond 1.8e308");
    }
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        walk(node.get(i), place + "/" + i, depth + 1);
      }
    } else if (node.isObject()) {
      if (++objects > MOST_OBJECTS) {
        throw refused("has more than " + MOST_OBJECTS + " subschemas");
      }
      follow(node, place.isEmpty() ? "the root" : place, 0);
      if (!node.path("$dynamicRef").asString("#").startsWith("#")) {
        throw refused(place + "/$dynamicRef - references must stay within the document");
      }
      for (Map.Entry<String, JsonNode> property : node.properties()) {
        walk(property.getValue(), place + "/" + property.getKey(), depth + 1);
      }
    }
  }

  /** Goes where validation goes while it stays at one value of the payload. */
  private void follow(JsonNode schema, String place, int chain) {
    if (!schema.isObject() || finished.containsKey(schema)) {
      return;
    }
    if (under.put(schema, true) != null || chain > LONGEST_CHAIN) {
      throw refused(
          place + " has a reference that leads back to itself, or through too many others");
    }
    for (JsonNode next : inPlace(schema)) {
      follow(next, place, chain + 1);
    }
    under.remove(schema);
    finished.put(schema, true);
  }

  private List<JsonNode> inPlace(JsonNode schema) {
    List<JsonNode> next = new ArrayList<>();
    for (String keyword : List.of("$ref", "$dynamicRef", "$recursiveRef")) {
      JsonNode target = target(schema.path(keyword));
      if (target != null) {
        next.add(target);
      }
    }
    if (refHidesOthers && schema.path("$ref").isString()) {
      return next;
    }
    LISTS_IN_PLACE.forEach(keyword -> schema.path(keyword).forEach(next::add));
    IN_PLACE.forEach(keyword -> next.add(schema.path(keyword)));
    MAPS_IN_PLACE.forEach(keyword -> schema.path(keyword).forEach(next::add));
    return next;
  }

  private @Nullable JsonNode target(JsonNode reference) {
    String text = reference.asString("");
    if (!text.equals("#") && !text.startsWith("#/")) {
      return null; // by name or into another: what is left is stopped when it is validated
    }
    try {
      String decoded =
          URLDecoder.decode(text.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
      return root.at(JsonPointer.compile(decoded));
    } catch (IllegalArgumentException e) {
      return null; // said when it is compiled
    }
  }

  private static Refusal refused(String why) {
    return new Refusal(400, "schemata - " + why);
  }
}
