package io.amebobridge.server.store;

import org.jspecify.annotations.Nullable;

/**
 * Which deliveries to list; null means any.
 *
 * @param subscriber the name of the subscribing application
 * @param from reached its state at or after, in milliseconds since the epoch
 */
public record DeliveryFilter(
    @Nullable Long id,
    @Nullable Boolean completed,
    DeliveryRow.@Nullable State state,
    @Nullable String action,
    @Nullable String subscriber,
    @Nullable Long subscription,
    @Nullable Long event,
    @Nullable Long from,
    @Nullable Long to) {
  public static DeliveryFilter any() {
    return new DeliveryFilter(null, null, null, null, null, null, null, null, null);
  }
}
