package io.amebobridge.server.registry;

import org.jspecify.annotations.Nullable;

/** What is to change of a subscription; null stays. */
public record SubscriptionChange(
    @Nullable String handler,
    @Nullable String description,
    @Nullable Integer maxRetries,
    @Nullable Boolean envelope,
    @Nullable Boolean passphrase,
    @Nullable Boolean ordered,
    @Nullable Boolean paused) {
  /** Nothing but whether calls begin. */
  public static SubscriptionChange pause(boolean paused) {
    return new SubscriptionChange(null, null, null, null, null, null, paused);
  }

  Subscription on(Subscription current) {
    return new Subscription(
        current.id(),
        current.application(),
        current.action(),
        handler == null ? current.handler() : handler,
        description == null ? current.description() : description,
        maxRetries == null ? current.maxRetries() : maxRetries,
        envelope == null ? current.envelope() : envelope,
        passphrase == null ? current.passphrase() : passphrase,
        ordered == null ? current.ordered() : ordered,
        paused == null ? current.paused() : paused,
        current.positions(),
        current.cursor(),
        current.timestamped());
  }
}
