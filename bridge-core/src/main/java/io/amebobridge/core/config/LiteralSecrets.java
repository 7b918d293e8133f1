package io.amebobridge.core.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Finds secrets that are written out in the file, by the names that they have in this project's and
 * in the clients' own options. Stateless.
 */
final class LiteralSecrets {
  private static final Pattern NAME =
      Pattern.compile(
          "(?i)(?:.*[._-])?(?:password|passphrase|secret|secretAccessKey|sessionToken|keystore\\.key)");

  /** What a login module of Kafka's is told. */
  private static final Pattern JAAS =
      Pattern.compile("(?is).*\\b\\w*(?:password|secret)\\s*=\\s*\"?[^\"\\s;].*");

  /** As in {@code amqp://user:password@host}. */
  private static final Pattern IN_URI =
      Pattern.compile("[A-Za-z][\\w+.-]*://[^/@:\\s]*:[^/@\\s]+@.*");

  /** Taken from elsewhere; a default that stands here is an example's, or for a trial. */
  private static final Pattern REFERENCE = Pattern.compile("(?<!\\$)\\$\\{[^}]*}");

  private final ConfigFile file;
  private final List<String> found = new ArrayList<>();

  private LiteralSecrets(ConfigFile file) {
    this.file = file;
  }

  /** A warning for each, with its place. */
  static List<String> in(ConfigFile file, String path, Node node) {
    LiteralSecrets search = new LiteralSecrets(file);
    search.look(path, "", node);
    return search.found;
  }

  private void look(String path, String key, Node node) {
    if (node instanceof MappingNode mapping) {
      for (NodeTuple each : mapping.getValue()) {
        if (!(each.getKeyNode() instanceof ScalarNode name)) continue;
        look(path + "." + name.getValue(), name.getValue(), each.getValueNode());
      }
    } else if (node instanceof SequenceNode list) {
      for (int i = 0; i < list.getValue().size(); i++) {
        look(path + "[" + i + "]", key, list.getValue().get(i));
      }
    } else if (node instanceof ScalarNode value
        && !Tag.NULL.equals(value.getTag())
        && isSecret(key, REFERENCE.matcher(value.getValue()).replaceAll(""))) {
      found.add(
          file.place(node)
              + ": "
              + path
              + ": the value stands in the file; take it from ${VAR} or ${file:/path}");
    }
  }

  private static boolean isSecret(String key, String value) {
    if (value.isBlank()) return false;
    return NAME.matcher(key).matches()
        || (key.endsWith("jaas.config") && JAAS.matcher(value).matches())
        || IN_URI.matcher(value).matches();
  }
}
