package io.amebobridge.core.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A YAML file with the places of its values, and the variables it may name. Not thread-safe. */
public final class ConfigFile {
  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{(?<file>file:)?(?<name>[^}:]+)(?::(?<fallback>[^}]*))?}");

  private final String name;
  private final Function<String, @Nullable String> environment;
  private final Problems problems;

  private ConfigFile(
      String name, Function<String, @Nullable String> environment, Problems problems) {
    this.name = name;
    this.environment = environment;
    this.problems = problems;
  }

  /**
   * Reads a file.
   *
   * @param environment where {@code ${VAR}} is looked up; null means unset
   */
  public static ConfigSection read(
      Path path, Function<String, @Nullable String> environment, Problems problems)
      throws ConfigException {
    try {
      return parse(path.toString(), Files.readString(path), environment, problems);
    } catch (IOException e) {
      String why = Files.exists(path) ? "can't be read: " + e.getMessage() : "no such file";
      throw new ConfigException(List.of(new ConfigProblem(path.toString(), 1, 1, "", why)));
    }
  }

  /** Reads text, named for messages. */
  public static ConfigSection parse(
      String name, String yaml, Function<String, @Nullable String> environment, Problems problems)
      throws ConfigException {
    ConfigFile file = new ConfigFile(name, environment, problems);
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(name).build();
      Optional<Node> root = new Compose(settings).composeString(yaml);
      if (root.isEmpty()) {
        throw new ConfigException(List.of(new ConfigProblem(name, 1, 1, "", "the file is empty")));
      }
      return new ConfigSection(file, "", root.get());
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
      int column = e.getProblemMark().map(Mark::getColumn).orElse(0) + 1;
      String what = "not YAML: " + e.getProblem();
      throw new ConfigException(List.of(new ConfigProblem(name, line, column, "", what)));
    } catch (YamlEngineException e) {
      throw new ConfigException(
          List.of(new ConfigProblem(name, 1, 1, "", "not YAML: " + e.getMessage())));
    }
  }

  static Node emptyAt(Node place) {
    return new MappingNode(
        Tag.MAP, true, List.of(), FlowStyle.BLOCK, place.getStartMark(), place.getEndMark());
  }

  void problem(Node at, String path, String what) {
    int line = at.getStartMark().map(Mark::getLine).orElse(0) + 1;
    int column = at.getStartMark().map(Mark::getColumn).orElse(0) + 1;
    problems.add(new ConfigProblem(name, line, column, path, what));
  }

  /**
   * Replaces {@code ${VAR}}, {@code ${VAR:default}} and {@code ${file:/path}}; unset is a problem.
   */
  Optional<String> resolve(ScalarNode scalar, String at) {
    Matcher m = VARIABLE.matcher(scalar.getValue());
    StringBuilder out = new StringBuilder();
    boolean good = true;
    while (m.find()) {
      String value = m.group("file") == null ? variable(m, scalar, at) : secretFile(m, scalar, at);
      good &= value != null;
      m.appendReplacement(out, Matcher.quoteReplacement(value == null ? "" : value));
    }
    m.appendTail(out);
    return good ? Optional.of(out.toString()) : Optional.empty();
  }

  private @Nullable String variable(Matcher m, ScalarNode scalar, String at) {
    String value = environment.apply(m.group("name"));
    if (value == null) value = m.group("fallback");
    if (value == null) {
      problem(
          scalar,
          at,
          "${"
              + m.group("name")
              + "} is not set; set it, or give a default as ${"
              + m.group("name")
              + ":default}");
    }
    return value;
  }

  private @Nullable String secretFile(Matcher m, ScalarNode scalar, String at) {
    try {
      return Files.readString(Path.of(m.group("name"))).strip();
    } catch (IOException e) {
      problem(scalar, at, "${file:" + m.group("name") + "} can't be read: " + e.getMessage());
      return null;
    }
  }

  @Nullable Object construct(Node node) {
    return new StandardConstructor(LoadSettings.builder().build())
        .constructSingleDocument(Optional.of(node));
  }
}
