package io.amebobridge.cli.demo;

import java.io.PrintStream;
import java.util.Locale;

/**
 * Shows people that something moves: one line that is rewritten on a terminal, a new line every few
 * seconds elsewhere. Not thread-safe.
 */
public final class Progress {
  private static final int WIDTH = 30;

  private final PrintStream err;
  private final boolean terminal;
  private final long everyNanos;
  private long shownAt;
  private long startedAt;
  private boolean open;

  private Progress(PrintStream err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
    this.everyNanos = terminal ? 100_000_000L : 3_000_000_000L;
    this.startedAt = System.nanoTime();
    this.shownAt = startedAt - (terminal ? everyNanos : 0);
  }

  /** On standard error; only bin/amebo can know whether that is a terminal. */
  public static Progress on(PrintStream err) {
    return new Progress(err, Boolean.getBoolean("amebo.terminal"));
  }

  /** A line for people. */
  public void say(String text) {
    end();
    err.println(text);
  }

  public void show(String what, long done, long total) {
    long now = System.nanoTime();
    if (now - shownAt < everyNanos) return;
    shownAt = now;
    if (!terminal) {
      err.println(String.format(Locale.ROOT, "%s: %,d of %,d", what, done, total));
      return;
    }
    int filled = (int) (total == 0 ? WIDTH : WIDTH * Math.min(done, total) / total);
    String bar = "=".repeat(filled) + " ".repeat(WIDTH - filled);
    double seconds = (now - startedAt) / 1e9;
    err.print(
        String.format(
            Locale.ROOT, "\r%s [%s] %,d of %,d  %.0f s\u001b[K", what, bar, done, total, seconds));
    err.flush();
    open = true;
  }

  /** Leaves the last line as it is. */
  public void end() {
    if (open) err.println();
    open = false;
  }
}
