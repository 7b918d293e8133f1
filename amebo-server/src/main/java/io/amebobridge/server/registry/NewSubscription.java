package io.amebobridge.server.registry;

import org.jspecify.annotations.Nullable;

/** A subscription that passed validation and waits for its id and cursor. */
public record NewSubscription(
    Application application,
    ActionPattern action,
    String handler,
    @Nullable String description,
    int maxRetries,
    boolean envelope,
    boolean passphrase,
    boolean ordered,
    Start start) {
  Subscription stored(long id, long cursor, long timestamped) {
    return new Subscription(
        id,
        application.name(),
        action,
        handler,
        description,
        maxRetries,
        envelope,
        passphrase,
        ordered,
        false,
        start.positions(),
        cursor,
        timestamped);
  }
}
