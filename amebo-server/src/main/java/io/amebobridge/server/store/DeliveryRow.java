package io.amebobridge.server.store;

import org.jspecify.annotations.Nullable;

/**
 * What has happened to one event for one subscription.
 *
 * @param nextAttemptAt in milliseconds since the epoch, for retrying and waiting
 * @param lastStatus the receiver's last HTTP status, where it answered
 * @param lastError why the last attempt failed
 * @param timestamped when this state was reached, in milliseconds since the epoch
 * @param response the beginning of what the receiver answered, where that is kept; null in lists
 */
public record DeliveryRow(
    long subscription,
    long event,
    State state,
    int attempts,
    @Nullable Long nextAttemptAt,
    @Nullable Integer lastStatus,
    @Nullable String lastError,
    long timestamped,
    @Nullable String response) {
  private static final int SUBSCRIPTION_BITS = 20;

  /** Subscriptions up to this id fit into a delivery's id. */
  public static final long MAX_SUBSCRIPTION = (1L << SUBSCRIPTION_BITS) - 1;

  /** Events up to this id do. */
  public static final long MAX_EVENT = Long.MAX_VALUE >> SUBSCRIPTION_BITS;

  /** Without an answer that is kept. */
  public DeliveryRow(
      long subscription,
      long event,
      State state,
      int attempts,
      @Nullable Long nextAttemptAt,
      @Nullable Integer lastStatus,
      @Nullable String lastError,
      long timestamped) {
    this(
        subscription,
        event,
        state,
        attempts,
        nextAttemptAt,
        lastStatus,
        lastError,
        timestamped,
        null);
  }

  /** Waiting: for the event's sleep_until. Dead: given up after max_retries. */
  public enum State {
    DELIVERED,
    RETRYING,
    WAITING,
    DEAD;

    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    public static State of(String text) {
      return valueOf(text.toUpperCase(java.util.Locale.ROOT));
    }
  }

  public long id() {
    return id(subscription, event);
  }

  /** The delivery's id is made of both ids, so that it is known before anything is written. */
  public static long id(long subscription, long event) {
    return event << SUBSCRIPTION_BITS | subscription;
  }

  public static long eventOf(long delivery) {
    return delivery >> SUBSCRIPTION_BITS;
  }
}
