package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A page of metrics, read as strictly as the text format 0.0.4 is written down, with the rules for
 * names that Prometheus gives: base units, {@code _total} for counters.
 */
final class Scrape {
  private static final Pattern META =
      Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");
  private static final Pattern NO_BASE_UNIT =
      Pattern.compile(
          ".*_(milliseconds|millis|ms|micros|nanos|ns|minutes|hours|kb|mb|percent)(_.*)?");

  private final Map<String, String> types = new LinkedHashMap<>();
  private final Map<String, Double> samples = new HashMap<>();
  private final Map<String, TreeMap<Double, Double>> buckets = new HashMap<>();
  private String family = "";

  private Scrape() {}

  static Scrape of(String text) {
    assertThat(text).endsWith("\n");
    Scrape scrape = new Scrape();
    text.lines().forEach(scrape::line);
    scrape.checkHistograms();
    return scrape;
  }

  /** The value of a series such as {@code up{job="a"}}, labels in the order of their names. */
  double value(String series) {
    assertThat(samples.containsKey(series)).as("there is %s", series).isTrue();
    return Objects.requireNonNull(samples.get(series));
  }

  boolean has(String series) {
    return samples.containsKey(series);
  }

  @Nullable String type(String name) {
    return types.get(name);
  }

  /** The families there are. */
  Set<String> families() {
    return types.keySet();
  }

  private void line(String line) {
    if (line.startsWith("#")) {
      Matcher meta = META.matcher(line);
      assertThat(meta.matches()).as(line).isTrue();
      if (meta.group(1).equals("TYPE")) {
        begin(meta.group(2), meta.group(3));
      }
      return;
    }
    Matcher sample = SAMPLE.matcher(line);
    assertThat(sample.matches()).as(line).isTrue();
    sample(sample.group(1), labels(sample.group(2)), Double.parseDouble(number(sample.group(3))));
  }

  private static String number(String text) {
    return text.replaceFirst("^([+-]?)Inf$", "$1Infinity");
  }

  private void begin(String name, String type) {
    assertThat(types).as("each family comes once").doesNotContainKey(name);
    assertThat(type).isIn("counter", "gauge", "histogram", "summary", "untyped");
    assertThat(name).doesNotMatch(NO_BASE_UNIT);
    assertThat(name.endsWith("_total")).as(name + " " + type).isEqualTo(type.equals("counter"));
    types.put(name, type);
    family = name;
  }

  private void sample(String name, Map<String, String> labels, double value) {
    String type = String.valueOf(types.get(family));
    boolean many = type.equals("histogram") || type.equals("summary");
    String suffix = name.startsWith(family) ? name.substring(family.length()) : "?";
    assertThat(suffix).as(name + " in " + family).isIn(many ? SUFFIXES : Set.of(""));
    assertThat(samples.put(name + text(labels), value)).as(name + labels + " twice").isNull();
    if (suffix.equals("_bucket")) {
      double bound = Double.parseDouble(number(String.valueOf(labels.remove("le"))));
      buckets.computeIfAbsent(family + "|" + text(labels), b -> new TreeMap<>()).put(bound, value);
    }
  }

  private static final Set<String> SUFFIXES = Set.of("_bucket", "_sum", "_count");

  private static Map<String, String> labels(@Nullable String text) {
    Map<String, String> labels = new TreeMap<>();
    if (text == null) {
      return labels;
    }
    Matcher label = LABEL.matcher(text);
    int at = 0;
    while (at < text.length()) {
      assertThat(label.find(at) && label.start() == at).as(text).isTrue();
      assertThat(labels.put(label.group(1), label.group(2))).as(text).isNull();
      at = label.end();
    }
    return labels;
  }

  private static String text(Map<String, String> labels) {
    StringBuilder text = new StringBuilder();
    labels.forEach((k, v) -> text.append(text.isEmpty() ? "{" : ",").append(k + "=\"" + v + "\""));
    return text.isEmpty() ? "" : text.append('}').toString();
  }

  private void checkHistograms() {
    buckets.forEach(
        (key, bounds) -> {
          String name = key.substring(0, key.indexOf('|'));
          String labels = key.substring(key.indexOf('|') + 1);
          assertThat(bounds.lastKey()).as(key).isEqualTo(Double.POSITIVE_INFINITY);
          assertThat(List.copyOf(bounds.values())).as(key).isSorted();
          assertThat(bounds.lastEntry().getValue())
              .as(key)
              .isEqualTo(samples.get(name + "_count" + labels));
        });
  }
}
