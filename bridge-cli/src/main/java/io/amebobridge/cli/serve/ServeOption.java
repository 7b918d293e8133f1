package io.amebobridge.cli.serve;

import io.amebobridge.server.ServerConfig;
import io.amebobridge.server.store.Dsn;
import java.time.Duration;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One option. Immutable.
 *
 * @param name in the environment and in amebo.json, such as {@code AMEBO_DELIVERY_WINDOW}
 * @param says what it is, for the help and the documentation
 * @param absent what holds where there is no value, for a get that gives null
 */
record ServeOption<T>(
    String name,
    OptionType<T> type,
    String says,
    String absent,
    Function<ServeSettings, @Nullable T> get,
    BiFunction<ServeSettings, T, ServeSettings> set) {
  static final String PREFIX = "AMEBO_";

  /** One of the server itself. */
  static <T> ServeOption<T> server(
      String name,
      OptionType<T> type,
      String says,
      String absent,
      Function<ServerConfig, @Nullable T> get,
      BiFunction<ServerConfig, T, ServerConfig> set) {
    return new ServeOption<>(
        name,
        type,
        says,
        absent,
        settings -> get.apply(settings.server()),
        (settings, value) -> settings.withServer(c -> set.apply(c, value)));
  }

  /** On the command line, such as {@code --delivery-window}. */
  String flag() {
    return flag(name);
  }

  static String flag(String name) {
    return "--" + name.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** On upstream's command line, such as {@code --amebo_port}. */
  String upstreamFlag() {
    return upstreamFlag(name);
  }

  static String upstreamFlag(String name) {
    return "--" + name.toLowerCase(Locale.ROOT);
  }

  /**
   * The settings with this value.
   *
   * @throws IllegalArgumentException {@code got x, allowed: y}; never with a secret
   */
  ServeSettings apply(ServeSettings to, String text) {
    T value =
        type.parse()
            .apply(text)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "got " + shownText(text) + ", allowed: " + type.allowed()));
    try {
      return set.apply(to, value);
    } catch (IllegalArgumentException e) {
      // The settings say which of theirs it is; here that is said already.
      String why = String.valueOf(e.getMessage()).replaceFirst("^[\\w.]+: (?=got )", "");
      if (value instanceof Duration) why = why.replace(value.toString(), text);
      throw new IllegalArgumentException(why.replace(text, shownText(text)), e);
    }
  }

  /** The value that holds. */
  String shown(ServeSettings in) {
    T value = get.apply(in);
    return value == null ? absent : type.show().apply(value);
  }

  private String shownText(String text) {
    if (text.isBlank()) return "nothing";
    return type.secret() ? "***" : Dsn.masked(text);
  }
}
