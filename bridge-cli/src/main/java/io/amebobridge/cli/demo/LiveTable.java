package io.amebobridge.cli.demo;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Shows people that something moves: a table that is redrawn in place on a terminal, one line every
 * few seconds elsewhere. Not thread-safe.
 */
final class LiveTable {
  private static final int WIDTH = 30;

  private final PrintStream err;
  private final boolean terminal;
  private final long everyNanos;
  private final long startedAt = System.nanoTime();
  private long shownAt;
  private int drawn;

  private LiveTable(PrintStream err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
    this.everyNanos = terminal ? 100_000_000L : 3_000_000_000L;
    this.shownAt = startedAt - (terminal ? everyNanos : 0);
  }

  /** On standard error; only bin/amebo can know whether that is a terminal. */
  static LiveTable on(PrintStream err) {
    return new LiveTable(err, Boolean.getBoolean("amebo.terminal"));
  }

  /** A line of the table. */
  record Row(String name, long count, long of) {}

  /** A line for people; the table goes on below it. */
  void say(String text) {
    drawn = 0;
    err.println(text);
  }

  /** Redraws, if it is time to. */
  void show(Supplier<List<Row>> rows, String note) {
    long now = System.nanoTime();
    if (now - shownAt >= everyNanos) draw(rows.get(), note, now);
  }

  /** The last state, on a terminal; the table then stays. */
  void end(List<Row> rows, String note) {
    if (terminal) draw(rows, note, System.nanoTime());
    drawn = 0;
  }

  private void draw(List<Row> rows, String note, long now) {
    shownAt = now;
    double seconds = (now - startedAt) / 1e9;
    if (!terminal) {
      String all =
          rows.stream()
              .map(r -> String.format(Locale.ROOT, "%s %,d", r.name(), r.count()))
              .collect(Collectors.joining(", "));
      err.println(String.format(Locale.ROOT, "%s; %s (%.0f s)", all, note, seconds));
      return;
    }
    StringBuilder text = new StringBuilder();
    if (drawn > 0) text.append("\u001b[").append(drawn).append('A');
    for (Row row : rows) text.append(line(row)).append("\u001b[K\n");
    text.append(String.format(Locale.ROOT, "  %s, %.0f s\u001b[K\n", note, seconds));
    err.print(text);
    err.flush();
    drawn = rows.size() + 1;
  }

  private static String line(Row row) {
    int filled = (int) (row.of() == 0 ? 0 : WIDTH * Math.min(row.count(), row.of()) / row.of());
    String bar = "#".repeat(filled) + ".".repeat(WIDTH - filled);
    return String.format(Locale.ROOT, "  %-26s %,12d  %s", row.name(), row.count(), bar);
  }
}
