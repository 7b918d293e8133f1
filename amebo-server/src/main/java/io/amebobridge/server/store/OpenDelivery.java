package io.amebobridge.server.store;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that is to be made: again, or for the first time at its hour.
 *
 * @param attempts that count, made so far
 * @param due in milliseconds since the epoch
 * @param key the event's
 */
public record OpenDelivery(
    long event, DeliveryRow.State state, int attempts, long due, @Nullable String key) {
  /** The next due first; the order of the database's index too. */
  public static final Comparator<OpenDelivery> BY_DUE =
      Comparator.comparingLong(OpenDelivery::due).thenComparingLong(OpenDelivery::event);

  /** The same, due at another time. */
  public OpenDelivery at(long millis) {
    return new OpenDelivery(event, state, attempts, millis, key);
  }

  public boolean retrying() {
    return state == DeliveryRow.State.RETRYING;
  }
}
