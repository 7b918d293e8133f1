package io.amebobridge.server.delivery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a call to a receiver ended.
 *
 * @param status the receiver's answer; null where there was none
 * @param error null for a success
 * @param retryAfter what the receiver asked for
 */
record CallResult(@Nullable Integer status, @Nullable String error, @Nullable Duration retryAfter) {
  private static final int REQUEST_TIMEOUT = 408;
  private static final int TOO_MANY = 429;

  static CallResult failed(String error) {
    return new CallResult(null, error, null);
  }

  boolean success() {
    return error == null;
  }

  /** Whether the failure says something of the endpoint, not of this one event. */
  boolean endpointDown() {
    return error != null
        && (status == null || status >= 500 || status == REQUEST_TIMEOUT || status == TOO_MANY);
  }
}
