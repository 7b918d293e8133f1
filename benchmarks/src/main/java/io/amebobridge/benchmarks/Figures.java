package io.amebobridge.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was measured, run by run; prints medians with their spread. Not thread-safe. */
final class Figures {
  private final Map<String, Map<String, List<Double>>> rows = new LinkedHashMap<>();

  void add(String row, String column, Number value) {
    rows.computeIfAbsent(row, name -> new LinkedHashMap<>())
        .computeIfAbsent(column, name -> new ArrayList<>())
        .add(value.doubleValue());
  }

  /** A Markdown table; the last column is the ratio of the medians, ours to theirs. */
  String table(String first, String second) {
    StringBuilder text =
        new StringBuilder("| | " + first + " | " + second + " | ratio |\n|---|---|---|---|\n");
    rows.forEach(
        (row, columns) -> {
          List<Double> ours = columns.getOrDefault(first, List.of());
          List<Double> theirs = columns.getOrDefault(second, List.of());
          text.append("| " + row + " | " + spread(ours) + " | " + spread(theirs) + " | ");
          boolean both = !ours.isEmpty() && !theirs.isEmpty() && median(theirs) > 0;
          text.append(both ? number(median(ours) / median(theirs)) : "").append(" |\n");
        });
    return text.toString();
  }

  private static String spread(List<Double> values) {
    if (values.isEmpty()) {
      return "–";
    }
    List<Double> sorted = values.stream().sorted().toList();
    String median = number(median(values));
    return sorted.size() == 1
        ? median
        : median + " (" + number(sorted.get(0)) + "–" + number(sorted.get(sorted.size() - 1)) + ")";
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  private static String number(double value) {
    return value >= 100
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.2f", value);
  }
}
