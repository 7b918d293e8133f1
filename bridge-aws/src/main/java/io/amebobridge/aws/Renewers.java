package io.amebobridge.aws;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
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

  /** As cautious as it has to be where the queues are not known yet. */
  static Renewers of(SqsSettings settings) {
    Duration own = settings.visibility();
    return of(settings, own == null ? SqsQueue.LEAST_USUAL : own);
  }

  /** Of these queues; where there are none, as cautious as can be. */
  static Renewers of(SqsSettings settings, Collection<SqsQueue> queues) {
    return queues.stream()
        .map(SqsQueue::visibility)
        .min(Comparator.naturalOrder())
        .map(least -> of(settings, least))
        .orElseGet(() -> of(settings));
  }

  private static Renewers of(SqsSettings settings, Duration visibility) {
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
