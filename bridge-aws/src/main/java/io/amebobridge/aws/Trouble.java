package io.amebobridge.aws;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What does not work now, when to try again (exponential backoff with full jitter), and how often
 * to say so: once as a warning, then counted. Thread-safe.
 */
final class Trouble {
  private static final long LEAST = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long MOST = TimeUnit.SECONDS.toNanos(20);
  private static final long SLOW = TimeUnit.SECONDS.toNanos(5);

  private final Logger log;
  private final String what;
  private @Nullable String why;
  private long longest = Long.MAX_VALUE;
  private long bound = LEAST;
  private long notBefore = System.nanoTime();
  private long count;
  private long wellSince;

  /**
   * New, without trouble.
   *
   * @param what as a sentence, such as {@code orders: queue a is not being read}
   */
  Trouble(Logger log, String what) {
    this.log = log;
    this.what = what;
  }

  /** No pause is longer. */
  synchronized void pauseAtMost(Duration pause) {
    longest = pause.toNanos();
  }

  /**
   * It failed. What fails during the pause was under way together with what failed before it, and
   * makes the pause no longer.
   *
   * @param kind where time does not help by itself, the next attempt is slow
   */
  synchronized void failed(AwsErrors.Kind kind, String reason) {
    long now = System.nanoTime();
    if (why == null && now - wellSince >= MOST) {
      count = 0;
      bound = LEAST;
    }
    boolean pausing = why != null && now - notBefore < 0;
    why = reason;
    count++;
    if (count == 1) log.warn("{}: {}", what, reason);
    else log.debug("{}, {} times: {}", what, count, reason);
    if (pausing) return;
    long jittered = (long) (bound * ThreadLocalRandom.current().nextDouble());
    notBefore = now + Math.min(longest, kind.temporary() ? jittered : SLOW + jittered);
    bound = Math.min(MOST, 2 * bound);
  }

  /**
   * It works; what fails again soon is still the same trouble. Each success makes the next pause
   * shorter: where one call in fifty is throttled, none should wait long.
   */
  synchronized void over() {
    bound = Math.max(LEAST, bound / 2);
    if (why == null) return;
    log.info("{}: over, after {} times", what, count);
    why = null;
    wellSince = System.nanoTime();
  }

  /** Null: none. */
  synchronized @Nullable String why() {
    return why;
  }

  /** Nanoseconds until the next attempt; 0 or less: now. */
  synchronized long waitNanos() {
    return why == null ? 0 : notBefore - System.nanoTime();
  }

  boolean isDue() {
    return waitNanos() <= 0;
  }
}
