package io.amebobridge.core.pump;

import io.amebobridge.client.AmeboException;
import io.amebobridge.core.Causes;
import io.amebobridge.core.SendResult;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the results of a batch mean for all of it.
 *
 * @param complete there is a result for each message
 * @param failure why something is to be sent again; null if nothing is
 * @param denied why the pump must stop; null if it must not
 */
record BatchResult(
    boolean complete,
    @Nullable String failure,
    @Nullable String denied,
    @Nullable Duration retryAfter) {

  static BatchResult read(Batch.Done done) {
    List<SendResult> results = done.results();
    if (results == null) return failed(done.failure());
    if (results.size() != done.batch().events) {
      return new BatchResult(
          false,
          "the sink gave " + results.size() + " results for " + done.batch().events + " messages",
          null,
          null);
    }
    String failure = null;
    String denied = null;
    Duration retryAfter = null;
    for (SendResult result : results) {
      if (result.outcome() == SendResult.Outcome.DENIED) denied = result.detail();
      if (result.outcome() != SendResult.Outcome.UNAVAILABLE) continue;
      if (failure == null) failure = result.detail();
      Duration asked = result.retryAfter();
      if (asked != null && (retryAfter == null || asked.compareTo(retryAfter) > 0)) {
        retryAfter = asked;
      }
    }
    return new BatchResult(true, failure, denied, retryAfter);
  }

  private static BatchResult failed(@Nullable Throwable failure) {
    Throwable cause = failure == null ? null : Causes.unwrap(failure);
    String why = cause == null ? "no result" : String.valueOf(cause.getMessage());
    if (cause instanceof AmeboException.Denied) return new BatchResult(false, why, why, null);
    Duration retryAfter =
        cause instanceof AmeboException.Unavailable u ? u.retryAfter().orElse(null) : null;
    return new BatchResult(false, why, null, retryAfter);
  }
}
