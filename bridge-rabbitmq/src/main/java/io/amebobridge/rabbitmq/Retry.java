package io.amebobridge.rabbitmq;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** When to try again, and how often to say so: once as a warning, then counted. */
final class Retry {
  private static final long LEAST = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long MOST = TimeUnit.SECONDS.toNanos(5);

  private final Logger log;
  private final String what;
  private long pause = LEAST;
  private long notBefore = System.nanoTime();
  private long count;
  private boolean well;
  private long wellSince;

  Retry(Logger log, String what) {
    this.log = log;
    this.what = what;
  }

  boolean isDue() {
    return System.nanoTime() - notBefore >= 0;
  }

  void failed(String why) {
    long now = System.nanoTime();
    if (well && now - wellSince >= MOST) {
      count = 0;
      pause = LEAST;
    }
    well = false;
    count++;
    if (count == 1) log.warn("{}: {}", what, why);
    else log.debug("{}, {} times: {}", what, count, why);
    notBefore = now + pause;
    pause = Math.min(MOST, 2 * pause);
  }

  /** It works again; what fails again at once is still the same trouble. */
  void over() {
    if (count > 0 && !well) log.info("{}: over, after {} times", what, count);
    well = true;
    wellSince = System.nanoTime();
  }
}
