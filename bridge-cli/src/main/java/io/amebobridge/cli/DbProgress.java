package io.amebobridge.cli;

import io.amebobridge.server.admin.Progress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How far a long act has come, on standard error, once a second. */
final class DbProgress {
  private static final long EVERY = TimeUnit.SECONDS.toNanos(1);

  @Option(names = "--quiet", description = "Nothing on standard error but failures and warnings.")
  private boolean quiet;

  private final long began = System.nanoTime();
  private long told = began;

  Progress progress() {
    return quiet ? Progress.NONE : this::at;
  }

  private void at(String table, long rows) {
    long now = System.nanoTime();
    if (now - told < EVERY) return;
    told = now;
    System.err.printf(
        "amebo: %s: %d rows, %d a second%n", table, rows, rows * EVERY / (now - began));
  }

  void say(String text) {
    if (!quiet) System.err.println("amebo: " + text);
  }

  /** Whatever was asked for, this must be read. */
  static void warn(String text) {
    System.err.println("amebo: WARNING: " + text);
  }

  /** The rows of each table in words. */
  static String rows(Map<String, Long> counts) {
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (table, rows) ->
            text.append(text.isEmpty() ? "" : ", ").append(rows).append(' ').append(table));
    return text.toString();
  }

  /** What the secret of this place means for what was brought in. */
  static void aboutSecret(@Nullable Boolean matches) {
    if (matches == null) {
      warn(
          "the applications' secrets open only under the AMEBO_SECRET they were stored with, which"
              + " is never in a backup or an export; keep it, and start the server with it");
    } else if (!matches) {
      warn(
          "this was made under another AMEBO_SECRET than the one that is set here; a server starts"
              + " on it only with that one");
    }
  }
}
