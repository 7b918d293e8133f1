package io.amebobridge.core.config;

import io.amebobridge.client.Secret;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * One mapping of the config file. Whoever reads a key says what it must be; what does not fit is
 * added to the {@link Problems} with its place, and a harmless stand-in is returned, so that
 * reading goes on and everything wrong is reported together. After reading, {@link
 * #refuseUnknown()}.
 *
 * <p>Not thread-safe.
 */
public final class ConfigSection {
  private static final Pattern DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");
  private static final Pattern BYTES = Pattern.compile("(\\d+)\\s*(B|KiB|MiB|GiB)?");

  private final ConfigFile file;
  private final String path;
  private final Node node;
  private final Map<String, Node> keys = new LinkedHashMap<>();
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Set<String> known = new LinkedHashSet<>();

  ConfigSection(ConfigFile file, String path, Node node) {
    this.file = file;
    this.path = path;
    this.node = node;
    if (node instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
          file.problem(tuple.getKeyNode(), path, "a key must be text");
        } else if (values.putIfAbsent(key.getValue(), tuple.getValueNode()) != null) {
          file.problem(key, join(key.getValue()), "this key is here twice");
        } else {
          keys.put(key.getValue(), key);
        }
      }
    } else if (!isNull(node)) {
      file.problem(node, path, "must be a mapping of keys to values, got " + kind(node));
    }
  }

  /** Such as {@code sources.events}; empty for the whole file. */
  public String path() {
    return path;
  }

  /** The keys present, in the file's order. */
  public Set<String> keys() {
    return values.keySet();
  }

  /** Whether the key is there with a value. */
  public boolean has(String key) {
    Node value = values.get(key);
    return hasKey(key) && value != null && !isNull(value);
  }

  /** Whether the key is there, be it with null. */
  boolean hasKey(String key) {
    known(key);
    return values.containsKey(key);
  }

  /** Adds a problem at this key, or at the section where the key is absent. */
  public void problem(String key, String what) {
    Node at = values.get(key);
    file.problem(at == null ? node : at, join(key), what);
  }

  /** Adds a problem at this section. */
  public void problem(String what) {
    file.problem(node, path, what);
  }

  /** The value as it stands in the file, for messages: what a variable holds may be secret. */
  String shown(String key) {
    return values.get(key) instanceof ScalarNode s && !s.getValue().isEmpty()
        ? s.getValue()
        : "nothing";
  }

  private void known(String key) {
    known.add(key);
    file.asked(path, key);
  }

  /** Text, a number or a boolean as text, with {@code ${VAR}} resolved. */
  public Optional<String> text(String key) {
    known(key);
    Node value = values.get(key);
    return value == null ? Optional.empty() : scalar(value, join(key));
  }

  /** Text as it is written, with {@code ${VAR}} left alone: an expression is code. */
  public Optional<String> verbatim(String key) {
    known(key);
    Node value = values.get(key);
    if (value == null || isNull(value)) return Optional.empty();
    if (value instanceof ScalarNode scalar) return Optional.of(scalar.getValue());
    problem(key, "must be text, got " + kind(value));
    return Optional.empty();
  }

  /** Resolves {@code ${VAR}} in a piece of this key's text. */
  Optional<String> resolve(String key, String piece) {
    Node at = values.get(key);
    return file.resolve(piece, at == null ? node : at, join(key));
  }

  /** Such as {@code bridge.yaml:3:5: amebo.secret}. */
  String place(String key) {
    Node at = values.get(key);
    return file.place(at == null ? node : at) + ": " + join(key);
  }

  /** Whether the value is written out here, rather than taken from a variable or a file. */
  public boolean isLiteral(String key) {
    return values.get(key) instanceof ScalarNode s && !s.getValue().contains("${");
  }

  /** A warning for each secret below here that is written out. */
  List<String> literalSecrets() {
    return LiteralSecrets.in(file, path, node);
  }

  /** Whether the value is a mapping or a list, rather than text. */
  boolean isStructure(String key) {
    Node value = values.get(key);
    return value != null && !(value instanceof ScalarNode);
  }

  /** Per section of the file, with {@code []} for any index, the keys that were asked for. */
  Map<String, Set<String>> asked() {
    return file.asked();
  }

  /** Text that must be there; a problem says what is allowed. */
  public String required(String key, String allowed) {
    known(key);
    Node value = values.get(key);
    if (value == null || isNull(value)) {
      file.problem(value == null ? node : value, join(key), "is missing, allowed: " + allowed);
      return "";
    }
    Optional<String> text = text(key);
    if (text.isPresent() && text.get().isBlank()) {
      problem(key, "got " + shown(key) + ", which is empty, allowed: " + allowed);
    }
    return text.orElse("");
  }

  /** One of the words given, or the fallback. */
  public String oneOf(String key, List<String> words, String fallback) {
    String got = text(key).orElse(fallback);
    if (words.contains(got)) return got;
    problem(key, "got " + shown(key) + ", allowed: " + String.join(", ", words));
    return fallback;
  }

  public Optional<Secret> secret(String key) {
    return text(key).map(Secret::of);
  }

  public boolean flag(String key, boolean fallback) {
    return Boolean.parseBoolean(oneOf(key, List.of("true", "false"), String.valueOf(fallback)));
  }

  public int integer(String key, int fallback, int least, int most) {
    Optional<String> text = text(key);
    if (text.isEmpty()) return fallback;
    try {
      int got = Integer.parseInt(text.get());
      if (got >= least && got <= most) return got;
    } catch (NumberFormatException notANumber) {
      // falls through to the same problem as a number out of range
    }
    problem(key, "got " + shown(key) + ", allowed: a whole number from " + least + " to " + most);
    return fallback;
  }

  public double number(String key, double fallback, double least, double most) {
    Optional<String> text = text(key);
    if (text.isEmpty()) return fallback;
    try {
      double got = Double.parseDouble(text.get());
      if (got >= least && got <= most) return got;
    } catch (NumberFormatException notANumber) {
      // falls through to the same problem as a number out of range
    }
    problem(key, "got " + shown(key) + ", allowed: a number from " + least + " to " + most);
    return fallback;
  }

  /**
   * Such as {@code 500ms}, {@code 30s}, {@code 5m}, {@code 2h}, {@code 7d}, or ISO {@code PT30S}.
   */
  public Duration duration(String key, Duration fallback) {
    Optional<String> text = text(key);
    if (text.isEmpty()) return fallback;
    Matcher m = DURATION.matcher(text.get());
    try {
      if (!m.matches()) {
        Duration iso = Duration.parse(text.get());
        if (!iso.isNegative()) return iso;
        throw new DateTimeParseException("negative", text.get(), 0);
      }
      long amount = Long.parseLong(m.group(1));
      return switch (m.group(2)) {
        case "ms" -> Duration.ofMillis(amount);
        case "s" -> Duration.ofSeconds(amount);
        case "m" -> Duration.ofMinutes(amount);
        case "h" -> Duration.ofHours(amount);
        default -> Duration.ofDays(amount);
      };
    } catch (DateTimeParseException | ArithmeticException | NumberFormatException e) {
      problem(key, "got " + shown(key) + ", allowed: a duration such as 500ms, 30s, 5m, 2h or 7d");
      return fallback;
    }
  }

  /** A duration within bounds. */
  public Duration duration(String key, Duration fallback, Duration least, Duration most) {
    Duration got = duration(key, fallback);
    if (got.compareTo(least) >= 0 && got.compareTo(most) <= 0) return got;
    problem(key, "got " + shown(key) + ", allowed: from " + least + " to " + most);
    return fallback;
  }

  /** Such as {@code 512KiB} or {@code 64MiB}; a bare number is bytes. */
  public long bytes(String key, long fallback) {
    Optional<String> text = text(key);
    if (text.isEmpty()) return fallback;
    Matcher m = BYTES.matcher(text.get());
    try {
      if (m.matches()) {
        long unit =
            switch (m.group(2) == null ? "B" : m.group(2)) {
              case "KiB" -> 1L << 10;
              case "MiB" -> 1L << 20;
              case "GiB" -> 1L << 30;
              default -> 1L;
            };
        return Math.multiplyExact(Long.parseLong(m.group(1)), unit);
      }
    } catch (ArithmeticException | NumberFormatException tooLarge) {
      // falls through to the same problem as text that is no size
    }
    problem(key, "got " + shown(key) + ", allowed: a size such as 512KiB or 64MiB");
    return fallback;
  }

  /** A size within bounds. */
  public long bytes(String key, long fallback, long least, long most) {
    long got = bytes(key, fallback);
    if (got >= least && got <= most) return got;
    problem(key, "got " + shown(key) + ", allowed: from " + least + " to " + most + " bytes");
    return fallback;
  }

  /** A path, in the file's directory unless it is absolute. */
  public Optional<Path> file(String key) {
    Optional<String> text = text(key);
    if (text.isEmpty()) return Optional.empty();
    try {
      if (!text.get().isBlank())
        return Optional.of(file.directory().resolve(text.get()).normalize());
      problem(key, "got " + shown(key) + ", which is empty, allowed: a path");
    } catch (InvalidPathException e) {
      problem(key, "is not a path: " + e.getReason());
    }
    return Optional.empty();
  }

  /** The section below; an empty one where the key is absent. */
  public ConfigSection section(String key) {
    known(key);
    Node value = values.get(key);
    return new ConfigSection(file, join(key), value == null ? ConfigFile.emptyAt(node) : value);
  }

  /** A list of sections; empty where the key is absent. */
  public List<ConfigSection> sections(String key) {
    List<ConfigSection> sections = new ArrayList<>();
    List<Node> items = items(key);
    for (int i = 0; i < items.size(); i++) {
      sections.add(new ConfigSection(file, join(key) + "[" + i + "]", items.get(i)));
    }
    return sections;
  }

  /** One text or a list of them; empty where the key is absent. */
  public List<String> texts(String key) {
    known(key);
    if (values.get(key) instanceof ScalarNode) return text(key).stream().toList();
    List<String> texts = new ArrayList<>();
    List<Node> items = items(key);
    for (int i = 0; i < items.size(); i++) {
      scalar(items.get(i), join(key) + "[" + i + "]").ifPresent(texts::add);
    }
    return texts;
  }

  /** Every entry as text: a client library's own options, by its own names. */
  public Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>();
    for (String key : values.keySet()) {
      if (isNull(values.get(key))) problem(key, "has no value; remove the line, or write one");
      text(key).ifPresent(v -> options.put(key, v));
    }
    return options;
  }

  /**
   * The value as plain maps, lists, texts, numbers, booleans and null; for samples in tests. {@code
   * ${VAR}} is not resolved in it.
   */
  public @Nullable Object raw(String key) {
    known(key);
    Node value = values.get(key);
    return value == null ? null : file.construct(value, join(key));
  }

  /** Where the value of this key stands, for problems found later. */
  public void problemIn(String key, String subPath, String what) {
    Node at = values.get(key);
    file.problem(at == null ? node : at, join(key) + subPath, what);
  }

  /** Adds a problem for each key that nobody asked for. */
  public void refuseUnknown() {
    for (String key : values.keySet()) {
      if (known.contains(key)) continue;
      String near = Nearest.to(key, known).map(k -> ", did you mean " + k + "?").orElse(";");
      String allowed = known.stream().sorted().collect(Collectors.joining(", "));
      file.problem(keys.get(key), join(key), "unknown key" + near + " allowed: " + allowed);
    }
  }

  private List<Node> items(String key) {
    known(key);
    Node value = values.get(key);
    if (value == null || isNull(value)) return List.of();
    if (value instanceof SequenceNode list) return list.getValue();
    problem(key, "must be a list, got " + kind(value));
    return List.of();
  }

  private Optional<String> scalar(Node value, String at) {
    if (!(value instanceof ScalarNode scalar)) {
      file.problem(value, at, "must be text, got " + kind(value));
      return Optional.empty();
    }
    return isNull(value) ? Optional.empty() : file.resolve(scalar.getValue(), scalar, at);
  }

  private String join(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static boolean isNull(Node node) {
    return node instanceof ScalarNode && node.getTag().getValue().endsWith(":null");
  }

  private static String kind(Node node) {
    if (node instanceof MappingNode) return "a mapping";
    if (node instanceof SequenceNode) return "a list";
    return "text";
  }

  /** The line, from 1, of this section. */
  public int line() {
    return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
  }
}
