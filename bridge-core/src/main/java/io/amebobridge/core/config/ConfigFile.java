package io.amebobridge.core.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A YAML file with the places of its values, and the variables it may name. Not thread-safe. */
public final class ConfigFile {
  /** Two dollars before a brace stand for one; what starts with one must be a reference. */
  private static final Pattern VARIABLE =
      Pattern.compile(
          "(?<escape>\\$\\$\\{)|\\$\\{(?:file:(?<file>[^}]+)|(?<name>[A-Za-z_]\\w*)(?::(?<fallback>[^}]*))?)}"
              + "|(?<bad>\\$\\{)");

  private static final Pattern INDEX = Pattern.compile("\\[\\d+]");

  private final String name;
  private final Path directory;
  private final Function<String, @Nullable String> environment;
  private final Problems problems;
  private final Map<String, Set<String>> asked = new TreeMap<>();

  private ConfigFile(
      String name,
      Path directory,
      Function<String, @Nullable String> environment,
      Problems problems) {
    this.name = name;
    this.directory = directory;
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
      Path parent = path.toAbsolutePath().normalize().getParent();
      Path directory = parent == null ? path.toAbsolutePath() : parent;
      return parse(path.toString(), Files.readString(path), directory, environment, problems);
    } catch (IOException e) {
      String why = Files.exists(path) ? unreadable(e) : "no such file";
      throw new ConfigException(List.of(new ConfigProblem(path.toString(), 1, 1, "", why)));
    }
  }

  /** Reads text, named for messages; relative paths are relative to the working directory. */
  public static ConfigSection parse(
      String name, String yaml, Function<String, @Nullable String> environment, Problems problems)
      throws ConfigException {
    return parse(name, yaml, Path.of(""), environment, problems);
  }

  /**
   * Reads text.
   *
   * @param name for messages
   * @param directory to which relative paths are relative
   */
  public static ConfigSection parse(
      String name,
      String yaml,
      Path directory,
      Function<String, @Nullable String> environment,
      Problems problems)
      throws ConfigException {
    ConfigFile file = new ConfigFile(name, directory, environment, problems);
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

  /** To which relative paths are relative. */
  Path directory() {
    return directory;
  }

  String place(Node at) {
    int line = at.getStartMark().map(Mark::getLine).orElse(0) + 1;
    int column = at.getStartMark().map(Mark::getColumn).orElse(0) + 1;
    return name + ":" + line + ":" + column;
  }

  void problem(Node at, String path, String what) {
    int line = at.getStartMark().map(Mark::getLine).orElse(0) + 1;
    int column = at.getStartMark().map(Mark::getColumn).orElse(0) + 1;
    problems.add(new ConfigProblem(name, line, column, path, what));
  }

  /**
   * Replaces {@code ${VAR}}, {@code ${VAR:default}} and {@code ${file:/path}}; unset is a problem.
   * Two dollars before a brace become one.
   */
  Optional<String> resolve(String text, Node place, String at) {
    if (!text.contains("${")) return Optional.of(text);
    Matcher m = VARIABLE.matcher(text);
    StringBuilder out = new StringBuilder();
    boolean good = true;
    while (m.find()) {
      String value = replacement(m, place, at);
      good &= value != null;
      m.appendReplacement(out, Matcher.quoteReplacement(value == null ? "" : value));
    }
    m.appendTail(out);
    return good ? Optional.of(out.toString()) : Optional.empty();
  }

  private @Nullable String replacement(Matcher m, Node place, String at) {
    if (m.group("escape") != null) return "${";
    if (m.group("bad") != null) {
      problem(
          place,
          at,
          "${ starts no reference; allowed: ${VAR}, ${VAR:default}, ${file:/path}, and $${ for the"
              + " text ${ itself");
      return null;
    }
    String file = m.group("file");
    if (file != null) return secretFile(file, place, at);
    String variable = m.group("name");
    String value = environment.apply(variable);
    if (value == null) value = m.group("fallback");
    if (value == null) {
      String remedy = "is not set; set it, or give a default as ${" + variable + ":default}";
      problem(place, at, "${" + variable + "} " + remedy);
    }
    return value;
  }

  private @Nullable String secretFile(String file, Node place, String at) {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (NoSuchFileException e) {
      problem(place, at, "${file:" + file + "}: no such file");
    } catch (IOException e) {
      problem(place, at, "${file:" + file + "} " + unreadable(e));
    } catch (InvalidPathException e) {
      problem(place, at, "${file:" + file + "} is not a path: " + e.getReason());
    }
    return null;
  }

  private static String unreadable(IOException e) {
    if (e instanceof CharacterCodingException) return "is not UTF-8 text; save it as UTF-8";
    if (e instanceof AccessDeniedException) return "can't be read: permission denied";
    return "can't be read: " + e.getMessage();
  }

  @Nullable Object construct(Node node, String at) {
    return new PlainValues((place, what) -> problem(place, at, what)).of(node);
  }

  /** Who asked for what, so that the editors' schema can be held against it. */
  void asked(String path, String key) {
    asked.computeIfAbsent(INDEX.matcher(path).replaceAll("[]"), p -> new TreeSet<>()).add(key);
  }

  Map<String, Set<String>> asked() {
    return asked;
  }
}
