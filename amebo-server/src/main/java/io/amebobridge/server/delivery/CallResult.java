package io.amebobridge.server.delivery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a call to a receiver ended.
 *
 * @param status the receiver's answer; null where there was none
 * @param error null for a success
 * @param retryAfter what the receiver asked for
 * @param response the beginning of its body
 */
record CallResult(
    @Nullable Integer status,
    @Nullable String error,
    @Nullable Duration retryAfter,
    @Nullable String response) {
  private static final int REQUEST_TIMEOUT = 408;
  private static final int TOO_MANY = 429;
  private static final int UNAVAILABLE = 503;

  static CallResult failed(String error) {
    return new CallResult(null, error, null, null);
  }

  CallResult withResponse(@Nullable String text) {
    return new CallResult(status, error, retryAfter, text);
  }

  boolean success() {
    return error == null;
  }

  /** "Later", not "no": the receiver answers, and wants fewer calls or none for a while. */
  boolean throttled() {
    return status != null && (status == TOO_MANY || (status == UNAVAILABLE && retryAfter != null));
  }

  /** Whether fewer calls at once may help. */
  boolean overloaded() {
    return error != null
        && (status == null
            || status == TOO_MANY
            || status == UNAVAILABLE
            || status == REQUEST_TIMEOUT);
  }

  /** Whether the failure says something of the endpoint, not of this one event. */
  boolean endpointDown() {
    return error != null
        && !throttled()
        && (status == null || status >= 500 || status == REQUEST_TIMEOUT);
  }
}
