package io.amebobridge.cli.serve;

import io.amebobridge.core.config.ConfigException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What holds, and where it was said. Immutable; the texts show secrets as {@code ***}.
 *
 * @param sources by an option's name; what is not in here is the default
 * @param warnings what is allowed and yet should be looked at
 */
public record ServeConfig(
    ServeSettings settings, Map<String, String> sources, List<String> warnings) {
  /** In the working directory, where no other file is named. */
  public static final String FILE = "amebo.json";

  /** The label of what was given there. */
  public static final String COMMAND_LINE = "command line";

  public ServeConfig {
    sources = Map.copyOf(sources);
    warnings = List.copyOf(warnings);
  }

  /**
   * Values by the names of options.
   *
   * @param label where they are from, for people
   */
  public record Given(String label, Map<String, String> values) {}

  /**
   * Reads all there is: {@code over} goes over the environment, that over the file, that over the
   * defaults.
   *
   * @param named the file; null: that of AMEBO_CONFIG_FILE, else amebo.json where there is one
   * @param directory where amebo.json may be
   * @throws ConfigException with everything that is wrong
   */
  public static ServeConfig read(
      Given over, Map<String, String> environment, @Nullable Path named, Path directory)
      throws ConfigException {
    return new ReadServeConfig(over, environment).read(named, directory);
  }

  /** One line for each option: its name, the value that holds, and where that was said. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (ServeOption<?> option : ServeOptions.ALL) {
      String source = sources.getOrDefault(option.name(), "default");
      text.append(
          String.format("%-30s  %-36s  %s%n", option.name(), option.shown(settings), source));
    }
    return text.toString();
  }
}
