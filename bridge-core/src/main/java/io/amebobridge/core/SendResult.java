package io.amebobridge.core;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What became of one message sent (rule 6).
 *
 * @param detail why, for all but accepted and duplicate; never a payload
 * @param retryAfter what the other end asked for, with unavailable
 */
public record SendResult(Outcome outcome, @Nullable String detail, @Nullable Duration retryAfter) {
  /** The ends a send can have. */
  public enum Outcome {
    /** Durably stored. */
    ACCEPTED,
    /** Was durably stored before: as good as accepted. */
    DUPLICATE,
    /** Never acceptable as it is: to the dead letters. */
    REJECTED,
    /** Not stored, or not known to be: send again later under the same id. */
    UNAVAILABLE,
    /**
     * The credentials are wrong, or the configured place is not there: somebody must act; stop,
     * dead-letter nothing.
     */
    DENIED
  }

  private static final SendResult ACCEPTED_RESULT = new SendResult(Outcome.ACCEPTED, null, null);
  private static final SendResult DUPLICATE_RESULT = new SendResult(Outcome.DUPLICATE, null, null);

  public static SendResult accepted() {
    return ACCEPTED_RESULT;
  }

  public static SendResult duplicate() {
    return DUPLICATE_RESULT;
  }

  public static SendResult rejected(String why) {
    return new SendResult(Outcome.REJECTED, why, null);
  }

  public static SendResult unavailable(String why, @Nullable Duration retryAfter) {
    return new SendResult(Outcome.UNAVAILABLE, why, retryAfter);
  }

  public static SendResult denied(String why) {
    return new SendResult(Outcome.DENIED, why, null);
  }
}
