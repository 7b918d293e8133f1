package io.amebobridge.client;

import org.jspecify.annotations.Nullable;

/**
 * What stands at the other end.
 *
 * @param kind which server it is: an upstream Amebo has no {@code /v1/status}, no batch route
 * @param version our server's version, else null
 * @param maxPayloadBytes our server's payload limit, else 0
 */
public record ServerStatus(Kind kind, @Nullable String version, long maxPayloadBytes) {
  public enum Kind {
    AMEBO_BRIDGE,
    UPSTREAM
  }
}
