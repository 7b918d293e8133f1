package io.amebobridge.client;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event to publish. Immutable.
 *
 * @param action the action's name
 * @param payload the payload as JSON text, stored as sent
 * @param deduper the idempotency key: a second event of the same action and deduper is recognised
 *     as a duplicate and not stored again; null means never deduplicated
 * @param key the ordering key
 * @param source where the event was read before
 * @param sleepUntil upstream's {@code sleep_until}: not delivered before this time, in seconds
 *     since the epoch; null means at once
 * @param traceparent the W3C trace that it belongs to, which goes on to the receivers; an invalid
 *     one is ignored
 */
public record NewEvent(
    String action,
    String payload,
    @Nullable String deduper,
    @Nullable String key,
    @Nullable SourceCoordinates source,
    @Nullable Long sleepUntil,
    @Nullable String traceparent) {
  public NewEvent {
    Objects.requireNonNull(action, "action");
    Objects.requireNonNull(payload, "payload");
  }

  /** An event that belongs to no trace. */
  public NewEvent(
      String action,
      String payload,
      @Nullable String deduper,
      @Nullable String key,
      @Nullable SourceCoordinates source,
      @Nullable Long sleepUntil) {
    this(action, payload, deduper, key, source, sleepUntil, null);
  }

  public NewEvent withTraceparent(@Nullable String value) {
    return new NewEvent(action, payload, deduper, key, source, sleepUntil, value);
  }

  /** An event with a deduper and nothing else. */
  public static NewEvent of(String action, String payload, @Nullable String deduper) {
    return new NewEvent(action, payload, deduper, null, null, null);
  }

  /** Payloads are never logged: they are not part of the text. */
  @Override
  public String toString() {
    return "NewEvent[action=" + action + ", deduper=" + deduper + ", source=" + source + "]";
  }
}
