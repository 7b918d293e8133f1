package io.amebobridge.server.store;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** Reads what a subscription has yet to do. */
final class OpenDeliveries {
  private static final String OPEN =
      "SELECT d.event_id, d.state, d.attempts, d.next_attempt_at, e.ordering_key"
          + " FROM deliveries d LEFT JOIN events e ON e.id = d.event_id"
          + " WHERE d.subscription_id = ? AND d.next_attempt_at IS NOT NULL"
          + " AND (d.next_attempt_at, d.id) >= (?, ?)"
          + " ORDER BY d.next_attempt_at, d.id LIMIT ?";
  private static final String COUNT =
      "SELECT count(*) FROM deliveries WHERE subscription_id = ? AND state = ?"
          + " AND state <> 'delivered'";

  private OpenDeliveries() {}

  /** To be read while nobody drives the subscription. */
  static Resumption resumption(Handle handle, long subscription, int most) {
    List<OpenDelivery> open = read(handle, subscription, Long.MIN_VALUE, Long.MIN_VALUE, most);
    return handle
        .createQuery("SELECT cursor, reached, rewind_to FROM subscriptions WHERE id = ?")
        .bind(0, subscription)
        .map(
            (row, context) -> {
              long rewind = row.getLong("rewind_to");
              Long to = row.wasNull() ? null : rewind;
              return new Resumption(
                  row.getLong("cursor"),
                  to,
                  recorded(handle, subscription, row.getLong("cursor"), row.getLong("reached")),
                  open,
                  open.size() < most,
                  count(handle, subscription, DeliveryRow.State.RETRYING),
                  count(handle, subscription, DeliveryRow.State.DEAD));
            })
        .one();
  }

  static List<OpenDelivery> from(Handle handle, long subscription, OpenDelivery first, int most) {
    return read(
        handle, subscription, first.due(), DeliveryRow.id(subscription, first.event()), most);
  }

  private static List<OpenDelivery> read(
      Handle handle, long subscription, long due, long id, int most) {
    return handle
        .createQuery(OPEN)
        .bind(0, subscription)
        .bind(1, due)
        .bind(2, id)
        .bind(3, most)
        .map(
            (row, context) ->
                new OpenDelivery(
                    row.getLong("event_id"),
                    DeliveryRow.State.of(row.getString("state")),
                    row.getInt("attempts"),
                    row.getLong("next_attempt_at"),
                    row.getString("ordering_key")))
        .list();
  }

  private static List<Long> recorded(Handle handle, long subscription, long cursor, long reached) {
    return handle
        .createQuery(
            "SELECT event_id FROM deliveries WHERE id > ? AND id < ? AND subscription_id = ?")
        .bind(0, DeliveryRow.id(DeliveryRow.MAX_SUBSCRIPTION, cursor))
        .bind(1, DeliveryRow.id(0, reached + 1))
        .bind(2, subscription)
        .mapTo(Long.class)
        .list();
  }

  private static long count(Handle handle, long subscription, DeliveryRow.State state) {
    return handle
        .createQuery(COUNT)
        .bind(0, subscription)
        .bind(1, state.text())
        .mapTo(Long.class)
        .one();
  }
}
