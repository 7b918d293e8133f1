package io.amebobridge.server.registry;

import io.amebobridge.client.Secret;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A service that publishes, subscribes, or both.
 *
 * @param previous the secret before this one, while it is still good
 * @param timestamped when it was registered, in milliseconds since the epoch
 */
public record Application(
    long id,
    String name,
    String address,
    Secret secret,
    @Nullable Previous previous,
    long timestamped) {
  /**
   * A secret that was replaced.
   *
   * @param until when it ends, in milliseconds since the epoch
   */
  public record Previous(Secret secret, long until) {}

  /** As it is at a time: without the previous secret once its grace is over. */
  Application at(long millis) {
    return previous == null || millis < previous.until()
        ? this
        : new Application(id, name, address, secret, null, timestamped);
  }

  /** What it may show and be shown: its secret, and while it is being replaced the one before. */
  public List<Secret> secrets() {
    return previous == null ? List.of(secret) : List.of(secret, previous.secret());
  }

  /** Whether a secret is one of those that are good now. */
  public boolean accepts(@Nullable Secret given) {
    boolean good = false;
    for (Secret known : secrets()) {
      good |= known.equals(given); // all of them, so that the time says nothing
    }
    return good;
  }
}
