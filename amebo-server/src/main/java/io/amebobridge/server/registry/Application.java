package io.amebobridge.server.registry;

import io.amebobridge.client.Secret;

/**
 * A service that publishes, subscribes, or both.
 *
 * @param timestamped when it was registered, in milliseconds since the epoch
 */
public record Application(long id, String name, String address, Secret secret, long timestamped) {}
