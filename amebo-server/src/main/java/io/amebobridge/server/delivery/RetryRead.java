package io.amebobridge.server.delivery;

import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.DeliveryRow.State;
import io.amebobridge.server.store.LogEvent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a retry needs, read when it is due.
 *
 * @param event empty where it cannot be found
 * @param now what is to be done now; null where a replay at another server has settled it
 */
record RetryRead(Optional<LogEvent> event, Retries.@Nullable Retry now) {
  /** Blocks. */
  static RetryRead of(Outbound out, long subscription, Retries.Retry retry) {
    Optional<LogEvent> event = out.events().find(retry.event());
    if (!out.registry().shared()) {
      return new RetryRead(event, retry);
    }
    Optional<DeliveryRow> row = out.deliveries().row(DeliveryRow.id(subscription, retry.event()));
    return new RetryRead(event, row.isPresent() ? after(row.get(), retry) : retry);
  }

  /** A row of fewer or as many attempts is our own, maybe of one that is still being written. */
  private static Retries.@Nullable Retry after(DeliveryRow row, Retries.Retry retry) {
    if (row.attempts() <= retry.attempts()) {
      return retry;
    }
    Long due = row.nextAttemptAt();
    boolean open = row.state() == State.RETRYING || row.state() == State.WAITING;
    return open && due != null ? new Retries.Retry(row.event(), row.attempts(), due) : null;
  }
}
