package io.amebobridge.core.config;

/**
 * {@code http:} the bridge's own port, for health, metrics and status.
 *
 * @param port 0 for any that is free
 */
public record HttpConfig(boolean enabled, String host, int port) {
  public HttpConfig {
    if (port < 0 || port > 65535) throw new IllegalArgumentException("port is 0 to 65535");
  }
}
