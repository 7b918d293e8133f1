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
    Start start) {
  /**
   * Where a new subscription begins.
   *
   * @param event the first event delivered is the one after it; null means after the newest
   */
  public record Start(@Nullable Long event) {
    /**
     * Reads {@code latest}, {@code earliest} or an event's id.
     *
     * @throws Refusal where it is none of these
     */
    public static Start parse(String text) {
      if (text.equals("latest")) {
        return new Start(null);
      }
      try {
        long event = text.equals("earliest") ? 0 : Long.parseLong(text);
        if (event >= 0) {
          return new Start(event);
        }
      } catch (NumberFormatException e) {
        // said below
      }
      throw new Refusal(
          400, "start - got " + text + ", allowed: latest, earliest, or the id of an event");
    }

    long resolve(long head) {
      if (event != null && event > head) {
        throw new Refusal(400, "start - event " + event + " is beyond the newest, " + head);
      }
      return event == null ? head : event;
    }
  }

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
        cursor,
        timestamped);
  }
}
