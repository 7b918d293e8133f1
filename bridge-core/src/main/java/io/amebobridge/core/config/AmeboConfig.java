package io.amebobridge.core.config;

import io.amebobridge.client.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code amebo:} where events go. Immutable; refuses what can't work.
 *
 * @param url the server; null where it is embedded
 * @param embedded the DSN of a server inside this process, such as {@code sqlite:/data/amebo.db};
 *     null where there is a url
 * @param application who publishes; null only with a login or embedded
 * @param secret the application's secret
 * @param login a user name and password, for a token
 * @param concurrency requests at once to a server that takes single events only
 */
public record AmeboConfig(
    @Nullable URI url,
    @Nullable String embedded,
    @Nullable String application,
    @Nullable Secret secret,
    @Nullable Login login,
    Timeouts timeouts,
    Batch batch,
    int concurrency) {
  public AmeboConfig {
    if ((url == null) == (embedded == null)) {
      throw new IllegalArgumentException("exactly one of url and embedded");
    }
    if (application != null && url != null && secret == null && login == null) {
      throw new IllegalArgumentException("an application needs its secret, or a login");
    }
    if (application == null && secret != null) {
      throw new IllegalArgumentException("a secret needs its application");
    }
    if (url != null && secret == null && login == null) {
      throw new IllegalArgumentException("an application with its secret, or a login");
    }
    if (concurrency < 1) throw new IllegalArgumentException("concurrency must be positive");
  }

  /** A user name and password. */
  public record Login(String username, Secret password) {
    public Login {
      Objects.requireNonNull(username, "username");
      Objects.requireNonNull(password, "password");
    }
  }

  /**
   * How long to wait.
   *
   * @param connect for a connection
   * @param request for an answer, from the first byte sent
   */
  public record Timeouts(Duration connect, Duration request) {
    public Timeouts {
      if (connect.isNegative() || connect.isZero() || request.isNegative() || request.isZero()) {
        throw new IllegalArgumentException("timeouts must be positive");
      }
    }
  }

  /**
   * How events are sent together.
   *
   * @param maxEvents at most in one request
   * @param maxBytes of payloads at most in one request
   * @param linger how long a batch waits for more
   * @param inFlight requests at once
   */
  public record Batch(int maxEvents, long maxBytes, Duration linger, int inFlight) {
    public Batch {
      if (maxEvents < 1 || maxBytes < 1 || inFlight < 1 || linger.isNegative()) {
        throw new IllegalArgumentException("a batch must hold something");
      }
    }
  }
}
