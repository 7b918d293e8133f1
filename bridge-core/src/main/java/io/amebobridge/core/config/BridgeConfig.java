package io.amebobridge.core.config;

import io.amebobridge.core.Connector;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One config file, read and found right. Immutable, and safe to print: secrets show as {@code ***}.
 *
 * @param sources by name, in the file's order
 * @param warnings what is allowed and yet should be looked at, each with its place
 */
public record BridgeConfig(
    AmeboConfig amebo,
    Map<String, SourceConfig> sources,
    List<RouteConfig> routes,
    DeadLettersConfig deadLetters,
    HttpConfig http,
    LimitsConfig limits,
    List<TestConfig> tests,
    List<String> warnings) {
  /** The body formats that need no further module. */
  public static final Set<String> BASIC_FORMATS = Set.of("json", "text");

  public BridgeConfig {
    sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
    routes = List.copyOf(routes);
    tests = List.copyOf(tests);
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads a file. Relative paths in it are relative to its directory.
   *
   * @param environment where {@code ${VAR}} is looked up; null means unset
   * @throws ConfigException with everything that is wrong
   */
  public static BridgeConfig read(
      Path file,
      Function<String, @Nullable String> environment,
      Collection<? extends Connector> connectors)
      throws ConfigException {
    return read(file, environment, connectors, BASIC_FORMATS);
  }

  /** The same, with the names of the body formats there are. */
  public static BridgeConfig read(
      Path file,
      Function<String, @Nullable String> environment,
      Collection<? extends Connector> connectors,
      Collection<String> formats)
      throws ConfigException {
    Problems problems = new Problems();
    ConfigSection root = ConfigFile.read(file, environment, problems);
    Path parent = file.toAbsolutePath().normalize().getParent();
    Path directory = parent == null ? file.toAbsolutePath() : parent;
    return new BridgeReader(root, directory, connectors, formats, problems).read();
  }

  /**
   * Reads text.
   *
   * @param name for messages
   * @param directory to which relative paths are relative
   */
  public static BridgeConfig parse(
      String name,
      String yaml,
      Path directory,
      Function<String, @Nullable String> environment,
      Collection<? extends Connector> connectors)
      throws ConfigException {
    Problems problems = new Problems();
    ConfigSection root = ConfigFile.parse(name, yaml, directory, environment, problems);
    return new BridgeReader(root, directory, connectors, BASIC_FORMATS, problems).read();
  }

  /** The JSON Schema of the file, for editors. */
  public static String schema() {
    try (InputStream in = BridgeConfig.class.getResourceAsStream("bridge.schema.json")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
