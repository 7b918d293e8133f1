package io.amebobridge.core.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** YAML as plain maps, lists, texts, booleans and null, and numbers with the digits they have. */
final class PlainValues {
  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][-+]?\\d+)?");

  private final BiConsumer<Node, String> problems;

  PlainValues(BiConsumer<Node, String> problems) {
    this.problems = problems;
  }

  @Nullable Object of(Node node) {
    if (node.isRecursive()) {
      problems.accept(node, "contains itself");
      return null;
    }
    if (node instanceof MappingNode mapping) return map(mapping);
    if (node instanceof SequenceNode sequence) {
      List<@Nullable Object> list = new ArrayList<>();
      for (Node item : sequence.getValue()) list.add(of(item));
      return list;
    }
    return scalar((ScalarNode) node);
  }

  private Map<String, @Nullable Object> map(MappingNode mapping) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        problems.accept(tuple.getKeyNode(), "a key must be text");
      } else if (map.containsKey(key.getValue())) {
        problems.accept(key, "the key " + key.getValue() + " is here twice");
      } else {
        map.put(key.getValue(), of(tuple.getValueNode()));
      }
    }
    return map;
  }

  private @Nullable Object scalar(ScalarNode node) {
    String tag = node.getTag().getValue();
    boolean number = tag.endsWith(":int") || tag.endsWith(":float");
    if (number && NUMBER.matcher(node.getValue()).matches()) {
      return ExactNumber.of(node.getValue());
    }
    try {
      return new StandardConstructor(LoadSettings.builder().build())
          .constructSingleDocument(Optional.of(node));
    } catch (YamlEngineException e) {
      problems.accept(node, "can't be read: " + e.getMessage());
      return null;
    }
  }
}
