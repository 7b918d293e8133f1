package io.amebobridge.client;

/**
 * A subscription to register: a webhook of an application for an action.
 *
 * @param action an action's name or a pattern such as {@code user.*}
 * @param handler a path below the application's address, or an absolute URL
 * @param maxRetries attempts after the first before a delivery is dead-lettered, 1 to 10000
 * @param start {@code latest}, {@code earliest} or an event id: the first event delivered is the
 *     one after it
 */
public record SubscriptionSpec(
    String application,
    String action,
    String handler,
    Secret secret,
    int maxRetries,
    String start) {
  public static final String LATEST = "latest";
  public static final String EARLIEST = "earliest";
}
