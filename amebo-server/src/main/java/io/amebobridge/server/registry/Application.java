package io.amebobridge.server.registry;

import io.amebobridge.client.Secret;
import org.jspecify.annotations.Nullable;

/**
 * A service that publishes, subscribes, or both.
 *
 * @param timestamped when it was registered, in milliseconds since the epoch
 */
public record Application(long id, String name, String address, Secret secret, long timestamped) {
  /** With what is not null. */
  Application with(@Nullable String newAddress, @Nullable Secret newSecret) {
    return new Application(
        id,
        name,
        newAddress == null ? address : newAddress,
        newSecret == null ? secret : newSecret,
        timestamped);
  }
}
