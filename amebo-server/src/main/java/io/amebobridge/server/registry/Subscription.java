package io.amebobridge.server.registry;

import org.jspecify.annotations.Nullable;

/**
 * A webhook of an application for an action or a pattern of actions.
 *
 * @param application the subscriber's name
 * @param handler a path below the application's address, or an absolute URL
 * @param maxRetries attempts after the first
 * @param envelope whether the body is an envelope around the payload
 * @param passphrase whether the secret itself is sent along in X-PASS-Phrase
 * @param ordered whether events with the same key are sent one at a time, in the order of their ids
 * @param paused whether no calls begin
 * @param positions what it passes over, as it was consumed elsewhere
 * @param cursor where it stood when it was read from the database
 * @param timestamped when it was registered, in milliseconds since the epoch
 */
public record Subscription(
    long id,
    String application,
    ActionPattern action,
    String handler,
    @Nullable String description,
    int maxRetries,
    boolean envelope,
    boolean passphrase,
    boolean ordered,
    boolean paused,
    SourcePositions positions,
    long cursor,
    long timestamped) {
  public static final int DEFAULT_RETRIES = 3;
  public static final int MOST_RETRIES = 10_000;

  /** The same, standing elsewhere. */
  public Subscription at(long otherCursor) {
    return new Subscription(
        id,
        application,
        action,
        handler,
        description,
        maxRetries,
        envelope,
        passphrase,
        ordered,
        paused,
        positions,
        otherCursor,
        timestamped);
  }

  /** The webhook's URL, below the application's address where the handler is a path. */
  public String endpoint(String address) {
    if (!handler.startsWith("/")) {
      return handler;
    }
    return (address.endsWith("/") ? address.substring(0, address.length() - 1) : address) + handler;
  }
}
