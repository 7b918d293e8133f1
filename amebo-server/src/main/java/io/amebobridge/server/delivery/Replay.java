package io.amebobridge.server.delivery;

import org.jspecify.annotations.Nullable;

/**
 * How a replay ended.
 *
 * @param status the receiver's answer; null where it could not be reached
 * @param error null for a success
 */
public record Replay(@Nullable Integer status, @Nullable String error) {
  public boolean delivered() {
    return error == null;
  }
}
