package io.amebobridge.core.config;

import io.amebobridge.core.Connector;
import io.amebobridge.core.DeadLetterConnector;
import io.amebobridge.core.Selector;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a whole config file. */
final class BridgeReader {
  private static final long MIB = 1L << 20;

  private final ConfigSection root;
  private final Path directory;
  private final Map<String, Connector> connectors = new TreeMap<>();
  private final Collection<String> formats;
  private final Problems problems;

  BridgeReader(
      ConfigSection root,
      Path directory,
      Collection<? extends Connector> connectors,
      Collection<String> formats,
      Problems problems) {
    this.root = root;
    this.directory = directory;
    connectors.forEach(c -> this.connectors.put(c.type(), c));
    this.formats = formats;
    this.problems = problems;
  }

  BridgeConfig read() throws ConfigException {
    AmeboConfig amebo = new AmeboReader(root.section("amebo"), directory).read();
    ConfigSection sources = root.section("sources");
    Map<String, Connector> types = types(sources);
    RouteReader routeReader = new RouteReader(types, formats);
    List<RouteConfig> routes = routeReader.read(root);
    Map<String, SourceConfig> configured = configure(sources, types, routeReader.selected());
    DeadLettersConfig deadLetters = deadLetters(root.section("deadLetters"));
    HttpConfig http = http(root.section("http"));
    LimitsConfig limits = limits(root.section("limits"));
    List<TestConfig> tests = new TestReader(types).read(root);
    root.refuseUnknown();
    problems.refuse();
    List<String> warnings =
        Stream.of("amebo", "sources", "deadLetters")
            .flatMap(name -> root.section(name).literalSecrets().stream())
            .toList();
    return new BridgeConfig(
        Objects.requireNonNull(amebo),
        configured,
        routes,
        deadLetters,
        http,
        limits,
        tests,
        warnings);
  }

  /** Each source's connector; a source of an unknown type is a problem, and not in here. */
  private Map<String, Connector> types(ConfigSection sources) {
    Map<String, Connector> types = new LinkedHashMap<>();
    if (sources.keys().isEmpty()) {
      root.problem("sources", "is missing, allowed: at least one source by a name of your choice");
    }
    for (String name : sources.keys()) {
      ConfigSection section = sources.section(name);
      List<String> found = connectors.keySet().stream().filter(section.keys()::contains).toList();
      if (found.size() == 1) {
        types.put(name, Objects.requireNonNull(connectors.get(found.get(0))));
      } else {
        String allowed = ", allowed: exactly one of " + String.join(", ", connectors.keySet());
        String got = String.join(", ", found.isEmpty() ? section.keys() : found);
        section.problem(
            "must name what it reads from, got " + (got.isEmpty() ? "nothing" : got) + allowed);
      }
    }
    return types;
  }

  private static Map<String, SourceConfig> configure(
      ConfigSection sources,
      Map<String, Connector> types,
      Map<String, List<List<Selector>>> selected) {
    Map<String, SourceConfig> configured = new LinkedHashMap<>();
    types.forEach(
        (name, connector) -> {
          ConfigSection section = sources.section(name);
          if (!selected.containsKey(name)) {
            section.problem("no route reads from this source; add one, or remove the source");
          }
          section.has(connector.type());
          Connector.SourceFactory factory =
              connector.configure(name, section, selected.getOrDefault(name, List.of()));
          section.refuseUnknown();
          configured.put(name, new SourceConfig(name, connector.type(), connector, factory));
        });
    return configured;
  }

  private DeadLettersConfig deadLetters(ConfigSection s) {
    String file = s.required("file", "a directory, such as ./data/dead-letters");
    long maxFileBytes = s.bytes("maxFileBytes", 64 * MIB, 1024, 1L << 40);
    double maxShare = s.number("maxShare", 0.5, 0, 1);
    int window = s.integer("window", 1000, 1, 1_000_000);
    DeadLetterConnector.CopiesFactory copies = copies(s);
    s.refuseUnknown();
    Path path = directory;
    try {
      path = directory.resolve(file);
    } catch (InvalidPathException e) {
      s.problem("file", "is not a path: " + e.getReason());
    }
    return new DeadLettersConfig(path.normalize(), maxFileBytes, maxShare, window, copies);
  }

  /** Null where they go to the files alone. */
  private DeadLetterConnector.@Nullable CopiesFactory copies(ConfigSection s) {
    List<DeadLetterConnector> found = new ArrayList<>();
    for (Connector each : connectors.values()) {
      if (each instanceof DeadLetterConnector c && s.hasKey(c.type())) found.add(c);
    }
    if (found.isEmpty()) return null;
    if (found.size() > 1) s.problem("names several brokers, allowed: one");
    return found.get(0).configure(s);
  }

  private static HttpConfig http(ConfigSection s) {
    boolean enabled = s.flag("enabled", true);
    String host = s.text("host").orElse("127.0.0.1");
    int port = s.integer("port", 3320, 0, 65535);
    s.refuseUnknown();
    return new HttpConfig(enabled, host, port);
  }

  private static LimitsConfig limits(ConfigSection s) {
    Duration moment = Duration.ofMillis(1);
    int maxInFlight = s.integer("maxInFlight", 10_000, 1, 1_000_000);
    long bytes = s.bytes("maxInFlightBytes", 64 * MIB, 1024, 1L << 40);
    Duration drain = s.duration("drainTimeout", Duration.ofSeconds(10));
    ConfigSection b = s.section("backoff");
    Duration initial = b.duration("initial", Duration.ofMillis(200), moment, Duration.ofHours(1));
    Duration max = b.duration("max", Duration.ofSeconds(30), moment, Duration.ofHours(24));
    if (max.compareTo(initial) < 0) {
      b.problem("max", "is less than initial (" + initial + "), allowed: at least that");
      max = initial;
    }
    b.refuseUnknown();
    Duration expression =
        s.duration("expressionTimeout", Duration.ofSeconds(1), moment, Duration.ofMinutes(1));
    s.refuseUnknown();
    return new LimitsConfig(
        maxInFlight, bytes, drain, new LimitsConfig.Backoff(initial, max), expression);
  }
}
