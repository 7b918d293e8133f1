package io.amebobridge.cli.serve;

import io.amebobridge.client.Secret;
import io.amebobridge.server.HttpSettings.Rate;
import io.amebobridge.server.store.Dsn;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an option's value may be. Immutable.
 *
 * @param label stands for the value in the help
 * @param allowed for people
 * @param schema of JSON values beside text, for editors
 * @param parse empty where it is not allowed
 * @param show the value as it could be written, secrets as {@code ***}
 */
record OptionType<T>(
    String label,
    String allowed,
    Map<String, Object> schema,
    Function<String, Optional<T>> parse,
    Function<T, String> show) {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,15})\\s*(ms|s|m|h|d)");
  private static final Pattern BYTES = Pattern.compile("(\\d+)\\s*(B|KiB|MiB|GiB|TiB)?");
  private static final Pattern RATE = Pattern.compile("(\\d{1,9})/([smh])");
  private static final Map<String, Integer> SECONDS = Map.of("s", 1, "m", 60, "h", 3600);
  private static final Map<String, Object> TEXT = Map.of("type", "string");

  boolean secret() {
    return label.equals("SECRET");
  }

  static OptionType<String> text() {
    return new OptionType<>(
        "TEXT",
        "text that is not empty",
        TEXT,
        t -> Optional.of(t).filter(v -> !v.isBlank()),
        t -> t);
  }

  static OptionType<Secret> password() {
    return new OptionType<>(
        "SECRET",
        "text that is not empty",
        TEXT,
        t -> Optional.of(t).filter(v -> !v.isBlank()).map(Secret::of),
        Secret::toString);
  }

  /** A database; the password in it is not shown. */
  static OptionType<String> dsn() {
    OptionType<String> text = text();
    return new OptionType<>("DSN", text.allowed, TEXT, text.parse, Dsn::masked);
  }

  /** A file that is there. */
  static OptionType<Path> path() {
    return new OptionType<>("FILE", "a file that is there", TEXT, OptionType::file, Path::toString);
  }

  private static Optional<Path> file(String text) {
    try {
      return Optional.of(Path.of(text)).filter(Files::isRegularFile);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  static OptionType<Integer> integer(int least, int most) {
    return new OptionType<>(
        "N",
        "a whole number from " + least + " to " + most,
        Map.of("type", "integer", "minimum", least, "maximum", most),
        t -> number(t, least, most),
        String::valueOf);
  }

  static OptionType<Boolean> flag() {
    return new OptionType<>(
        "true|false",
        "true or false",
        Map.of("type", "boolean"),
        t ->
            t.equals("true") || t.equals("false")
                ? Optional.of(Boolean.valueOf(t))
                : Optional.empty(),
        String::valueOf);
  }

  static OptionType<String> oneOf(String... words) {
    List<String> all = List.of(words);
    return new OptionType<>(
        String.join("|", all),
        String.join(", ", all),
        Map.of("enum", all),
        t -> all.stream().filter(w -> w.equalsIgnoreCase(t)).findFirst(),
        t -> t);
  }

  static OptionType<Duration> duration() {
    return new OptionType<>(
        "DURATION",
        "a duration such as 500ms, 30s, 5m, 2h or 7d",
        TEXT,
        OptionType::duration,
        OptionType::shown);
  }

  /** A duration; a number alone is seconds, as upstream has it. */
  static OptionType<Duration> seconds() {
    return new OptionType<>(
        "DURATION",
        "a duration such as 30s or 5m, or a number of seconds",
        Map.of("type", List.of("string", "integer")),
        t -> duration(t.matches("\\d{1,9}") ? t + "s" : t),
        OptionType::shown);
  }

  /** So many in a time; as many may come at once. */
  static OptionType<Rate> rate() {
    return new OptionType<>(
        "RATE",
        "off, or a rate such as 100/s, 1000/m or 5000/h",
        TEXT,
        OptionType::rate,
        OptionType::shown);
  }

  private static Optional<Rate> rate(String text) {
    Matcher m = RATE.matcher(text);
    if (text.equals("off")) return Optional.of(Rate.OFF);
    if (!m.matches() || Integer.parseInt(m.group(1)) == 0) return Optional.empty();
    int amount = Integer.parseInt(m.group(1));
    return Optional.of(new Rate(amount / (double) SECONDS.get(m.group(2)), amount));
  }

  private static String shown(Rate rate) {
    if (!rate.isOn()) return "off";
    for (String unit : List.of("s", "m")) {
      double amount = rate.perSecond() * SECONDS.get(unit);
      if (Math.abs(amount - Math.rint(amount)) < 1e-6) return Math.round(amount) + "/" + unit;
    }
    return Math.round(rate.perSecond() * 3600) + "/h";
  }

  /** A size in bytes. */
  static OptionType<Long> bytes(long least, long most) {
    return new OptionType<>(
        "SIZE",
        "a size from " + size(least) + " to " + size(most) + ", such as 512KiB",
        Map.of("type", "integer", "minimum", least, "maximum", most),
        t -> bytes(t, least, most),
        OptionType::size);
  }

  /** Several, with commas between them, or a JSON array. */
  static OptionType<List<String>> list() {
    return new OptionType<>(
        "A,B",
        "a list",
        Map.of("type", "array", "items", TEXT),
        t ->
            Optional.of(
                Arrays.stream(t.split(",")).map(String::strip).filter(p -> !p.isEmpty()).toList()),
        l -> l.isEmpty() ? "none" : String.join(",", l));
  }

  private static Optional<Integer> number(String text, int least, int most) {
    try {
      return Optional.of(Integer.valueOf(text)).filter(n -> n >= least && n <= most);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> duration(String text) {
    Matcher m = DURATION.matcher(text);
    try {
      if (!m.matches()) return Optional.of(Duration.parse(text)).filter(d -> !d.isNegative());
      long amount = Long.parseLong(m.group(1));
      return Optional.of(
          switch (m.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
          });
    } catch (DateTimeParseException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static String shown(Duration d) {
    if (d.toMillisPart() > 0) return d.toMillis() + "ms";
    if (d.toSecondsPart() > 0 || d.isZero()) return d.toSeconds() + "s";
    return d.toMinutesPart() > 0 ? d.toMinutes() + "m" : d.toHours() + "h";
  }

  private static Optional<Long> bytes(String text, long least, long most) {
    Matcher m = BYTES.matcher(text);
    if (!m.matches()) return Optional.empty();
    String unit = m.group(2) == null ? "B" : m.group(2).toUpperCase(Locale.ROOT);
    int shift = 10 * List.of("B", "KIB", "MIB", "GIB", "TIB").indexOf(unit);
    BigInteger value = new BigInteger(m.group(1)).shiftLeft(shift);
    boolean fits =
        value.compareTo(BigInteger.valueOf(least)) >= 0
            && value.compareTo(BigInteger.valueOf(most)) <= 0;
    return fits ? Optional.of(value.longValue()) : Optional.empty();
  }

  private static String size(long bytes) {
    int unit = Math.min(4, Long.numberOfTrailingZeros(bytes) / 10);
    return (bytes >> (10 * unit)) + List.of("B", "KiB", "MiB", "GiB", "TiB").get(unit);
  }
}
