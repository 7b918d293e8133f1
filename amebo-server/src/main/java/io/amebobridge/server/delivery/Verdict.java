package io.amebobridge.server.delivery;

import io.amebobridge.server.store.DeliveryRow.State;
import io.amebobridge.server.store.OpenDelivery;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a delivery after a call.
 *
 * @param attempts that count against max_retries, with this one where it does
 * @param due when it is to be tried again; null where it is not
 */
record Verdict(State state, int attempts, @Nullable Long due) {
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

  /**
   * Judges a call. "Too many" and a failed probe say something of the endpoint, not of the event:
   * they do not count as attempts, so that an overloaded or absent receiver wears out no event.
   *
   * @param probe whether the endpoint was thought to be down
   * @param uncounted how many such results came in a row
   */
  static Verdict of(
      OpenDelivery before,
      CallResult result,
      boolean probe,
      int uncounted,
      int maxRetries,
      Backoff backoff,
      long now) {
    int attempts = before.attempts() + (counts(result, probe) ? 1 : 0);
    if (result.success()) {
      return new Verdict(State.DELIVERED, attempts, null);
    }
    if (attempts > maxRetries && counts(result, probe)) {
      return new Verdict(State.DEAD, attempts, null);
    }
    Duration own = backoff.after(counts(result, probe) ? attempts : Math.max(attempts, uncounted));
    return new Verdict(State.RETRYING, attempts, now + longer(own, result.retryAfter()).toMillis());
  }

  static boolean counts(CallResult result, boolean probe) {
    return !result.throttled() && !(probe && result.endpointDown());
  }

  private static Duration longer(Duration own, @Nullable Duration asked) {
    if (asked == null || asked.compareTo(own) <= 0) {
      return own;
    }
    return asked.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : asked;
  }
}
