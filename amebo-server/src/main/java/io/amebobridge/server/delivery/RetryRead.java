package io.amebobridge.server.delivery;

import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.DeliveryRow.State;
import io.amebobridge.server.store.LogEvent;
import io.amebobridge.server.store.OpenDelivery;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a retry needs, read when it is due.
 *
 * @param event empty where it cannot be found
 * @param now what is to be done now; null where a replay at another server has settled it
 */
record RetryRead(Optional<LogEvent> event, @Nullable OpenDelivery now) {
  /** Blocks. */
  static RetryRead of(Outbound out, long subscription, OpenDelivery delivery) {
    Optional<LogEvent> event = out.events().find(delivery.event());
    if (!out.registry().shared()) {
      return new RetryRead(event, delivery);
    }
    Optional<DeliveryRow> row =
        out.deliveries().row(DeliveryRow.id(subscription, delivery.event()));
    return new RetryRead(event, row.isPresent() ? after(row.get(), delivery) : delivery);
  }

  /** A row of fewer or as many attempts is our own, maybe of one that is still being written. */
  private static @Nullable OpenDelivery after(DeliveryRow row, OpenDelivery delivery) {
    if (row.attempts() <= delivery.attempts()) {
      return delivery;
    }
    Long due = row.nextAttemptAt();
    boolean open = row.state() == State.RETRYING || row.state() == State.WAITING;
    return open && due != null
        ? new OpenDelivery(row.event(), row.state(), row.attempts(), due, delivery.key())
        : null;
  }
}
