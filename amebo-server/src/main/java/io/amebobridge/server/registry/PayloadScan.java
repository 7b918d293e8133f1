package io.amebobridge.server.registry;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One walk over a payload before its validation: how large it is, and whether it has what the
 * validator has no good answer to. Confined to one validation.
 */
final class PayloadScan {
  private static final int MOST_UNIQUE_ITEMS = 2_000;
  private static final int MOST_OF_A_HASH = 32;
  private final boolean uniqueItems;
  private long nodes;
  private long characters;
  private @Nullable String problem;

  private PayloadScan(boolean uniqueItems) {
    this.uniqueItems = uniqueItems;
  }

  /**
   * Walks.
   *
   * @param uniqueItems whether the schema asks for them somewhere
   */
  static PayloadScan of(JsonNode payload, boolean uniqueItems) {
    PayloadScan scan = new PayloadScan(uniqueItems);
    scan.walk(payload);
    return scan;
  }

  long nodes() {
    return nodes;
  }

  /** Of its strings, names of properties too. */
  long characters() {
    return characters;
  }

  @Nullable String problem() {
    return problem;
  }

  private void walk(JsonNode node) {
    nodes++;
    if (node.isString()) {
      characters += node.stringValue().length();
    } else if (node.isFloat() || node.isDouble()) {
      if (!Double.isFinite(node.doubleValue())) {
        problem = "payload - has a number beyond 1.8e308, which cannot be compared";
      }
    } else if (node.isArray()) {
      if (uniqueItems && node.size() > MOST_UNIQUE_ITEMS && !isCheap(node)) {
        problem =
            "payload - has an array of more than "
                + MOST_UNIQUE_ITEMS
                + " items; under uniqueItems only strings and 32-bit integers can be more";
      }
      node.forEach(this::walk);
    } else if (node.isObject()) {
      node.properties()
          .forEach(
              property -> {
                characters += property.getKey().length();
                walk(property.getValue());
              });
    }
  }

  /** Whether a hash set takes them in linear time: texts can be made to collide. */
  private static boolean isCheap(JsonNode array) {
    Map<Integer, Set<String>> byHash = new HashMap<>();
    for (JsonNode item : array) {
      if (item.isString()) {
        String text = item.stringValue();
        Set<String> alike = byHash.computeIfAbsent(text.hashCode(), hash -> new HashSet<>());
        alike.add(text);
        if (alike.size() > MOST_OF_A_HASH) {
          return false;
        }
      } else if (!item.isInt()) {
        return false;
      }
    }
    return true;
  }
}
