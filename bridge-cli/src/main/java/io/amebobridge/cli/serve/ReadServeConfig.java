package io.amebobridge.cli.serve;

import io.amebobridge.core.config.ConfigException;
import io.amebobridge.core.config.ConfigFile;
import io.amebobridge.core.config.ConfigProblem;
import io.amebobridge.core.config.ConfigSection;
import io.amebobridge.core.config.Problems;
import io.amebobridge.server.store.Dsn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a server's configuration once. Not thread-safe. */
final class ReadServeConfig {
  private static final String CONFIG_FILE = "AMEBO_CONFIG_FILE";
  private static final Set<String> NOT_THE_SERVERS = Set.of(CONFIG_FILE, "AMEBO_JAVA_OPTS");

  /** A Kubernetes service called amebo puts these into every container beside it. */
  private static final Pattern KUBERNETES =
      Pattern.compile("AMEBO_(SERVICE_(HOST|PORT).*|PORT_\\d+_.*)");

  private final ServeConfig.Given over;
  private final Map<String, String> environment;
  private final Problems problems = new Problems();
  private final List<String> warnings = new ArrayList<>();

  /** A value, where it is from, and where to say what is wrong with it. */
  private record Value(String text, String source, Consumer<String> problem) {}

  ReadServeConfig(ServeConfig.Given over, Map<String, String> environment) {
    this.over = over;
    this.environment = environment;
  }

  ServeConfig read(@Nullable Path named, Path directory) throws ConfigException {
    Map<String, Value> values = new LinkedHashMap<>();
    Path file = file(named, directory);
    if (file != null) values.putAll(inFile(file));
    values.putAll(inEnvironment());
    over.values().forEach((name, text) -> values.put(name, at(over.label(), name, text)));
    ServeSettings settings = apply(values);
    problems.refuse();
    Map<String, String> sources = new LinkedHashMap<>();
    values.forEach((name, value) -> sources.put(name, value.source));
    for (String option : Dsn.passedOver(settings.server().dsn())) {
      String source = sources.get("AMEBO_DSN");
      warnings.add(source + ": AMEBO_DSN: " + option + " is ignored: " + UpstreamOptions.POOL);
    }
    return new ServeConfig(settings, sources, warnings);
  }

  private @Nullable Path file(@Nullable Path named, Path directory) {
    if (named != null) return named;
    String other = environment.getOrDefault(CONFIG_FILE, "");
    if (!other.isBlank()) return Path.of(other);
    Path usual = directory.resolve(ServeConfig.FILE);
    return Files.exists(usual) ? usual : null;
  }

  private Map<String, Value> inFile(Path file) throws ConfigException {
    ConfigSection root = ConfigFile.read(file, environment::get, problems);
    root.text("$schema"); // editors' own
    Map<String, Value> found = new LinkedHashMap<>();
    for (ServeOption<?> option : ServeOptions.ALL) {
      String name = option.name();
      List<String> texts = root.texts(name);
      if (texts.isEmpty()) continue; // not there, or said to be wrong already
      if (option.type().secret() && root.isLiteral(name)) {
        warnings.add(
            file + ": " + name + " stands in the file; take it from ${VAR} or ${file:/path}");
      }
      String text = String.join(",", texts);
      found.put(name, new Value(text, file.toString(), what -> root.problem(name, what)));
    }
    for (String name : UpstreamOptions.IGNORED.keySet()) {
      // Asked for only where it is there: it is not among what is allowed.
      if (root.keys().contains(name) && root.has(name)) ignored(file.toString(), name);
    }
    root.refuseUnknown();
    return found;
  }

  private Map<String, Value> inEnvironment() {
    Map<String, Value> found = new LinkedHashMap<>();
    Set<String> unknown = new TreeSet<>();
    Set<String> known = new TreeSet<>();
    ServeOptions.ALL.forEach(option -> known.add(option.name()));
    environment.forEach(
        (name, text) -> {
          boolean ours = name.startsWith(ServeOption.PREFIX) && !text.isEmpty();
          if (!ours || NOT_THE_SERVERS.contains(name) || KUBERNETES.matcher(name).matches()) return;
          if (known.contains(name) && text.startsWith("tcp://")) {
            warnings.add(
                "environment: "
                    + name
                    + " is Kubernetes' own, for a service called amebo; ignored");
          } else if (known.contains(name)) {
            found.put(name, at("environment", name, text));
          } else if (UpstreamOptions.IGNORED.containsKey(name)) {
            ignored("environment", name);
          } else {
            unknown.add(name);
          }
        });
    if (!unknown.isEmpty()) {
      warnings.add("environment: no options of the server: " + String.join(", ", unknown));
    }
    return found;
  }

  private Value at(String label, String name, String text) {
    String shown = label.equals(ServeConfig.COMMAND_LINE) ? ServeOption.flag(name) : name;
    return new Value(
        text, label, what -> problems.add(new ConfigProblem(label, 0, 0, shown, what)));
  }

  private void ignored(String where, String name) {
    warnings.add(where + ": " + name + " is ignored: " + UpstreamOptions.IGNORED.get(name));
  }

  /** What only fits together with a later one is tried again after it. */
  private ServeSettings apply(Map<String, Value> values) {
    ServeSettings settings = ServeSettings.defaults();
    List<ServeOption<?>> again = new ArrayList<>();
    for (ServeOption<?> option : ServeOptions.ALL) {
      Value value = values.get(option.name());
      if (value == null) continue;
      try {
        settings = option.apply(settings, value.text);
      } catch (IllegalArgumentException e) {
        again.add(option);
      }
    }
    for (ServeOption<?> option : again) {
      Value value = values.get(option.name());
      if (value == null) continue;
      try {
        settings = option.apply(settings, value.text);
      } catch (IllegalArgumentException e) {
        value.problem.accept(String.valueOf(e.getMessage()));
      }
    }
    return settings;
  }
}
