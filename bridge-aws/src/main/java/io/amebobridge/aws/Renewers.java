package io.amebobridge.aws;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many renewals a source sends at once: so many that all it may hold is renewed within a
 * quarter of the visibility, between half of it and three quarters. Immutable.
 *
 * @param warning that this can't be; null: it can
 */
record Renewers(int threads, @Nullable String warning) {
  static final int LEAST = 2;
  static final int MOST = 16;
  private static final int BATCH = 10;

  /** A cautious guess at what one takes. */
  private static final Duration CALL = Duration.ofMillis(50);

  static Renewers of(SqsSettings settings) {
    Duration own = settings.visibility();
    Duration visibility = own == null ? SqsQueue.LEAST_USUAL : own;
    int queues = settings.queues().size();
    long most = (long) settings.prefetch() * queues;
    double nanos = (double) most / BATCH * CALL.toNanos();
    double needed = Math.ceil(nanos / (visibility.toNanos() / 4.0));
    int threads = (int) Math.max(LEAST, Math.min(MOST, needed));
    if (needed <= MOST) return new Renewers(threads, null);
    String text =
        "%s with a prefetch of %d: up to %d messages, which can hardly be renewed within"
            + " a visibility of %d s: what is not is received again; lower prefetch or lengthen"
            + " visibility";
    return new Renewers(
        threads,
        text.formatted(
            queues == 1 ? "a queue" : queues + " queues",
            settings.prefetch(),
            most,
            visibility.toSeconds()));
  }
}
