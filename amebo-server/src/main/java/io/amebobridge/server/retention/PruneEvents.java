package io.amebobridge.server.retention;

import io.amebobridge.server.registry.ActionPattern;
import io.amebobridge.server.store.Change;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.WriteSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Removes some events of one action, oldest first, with their delivery rows. What it must not
 * remove it looks up in the same transaction: events that a subscription has not passed, that wait
 * for a retry or are dead letters, and the newest event, which says how far ids have come.
 *
 * @param first only ids from here
 * @param last only ids up to here
 * @param before only what was stored before, in milliseconds since the epoch
 * @param most so many at once at most, so that others' transactions wait little
 */
record PruneEvents(long actionId, String action, long first, long last, long before, int most)
    implements Change<Integer> {
  private static final String DELETE_EVENTS =
      "DELETE FROM events WHERE id IN (SELECT e.id FROM events e WHERE e.id >= ? AND e.id <= ?"
          + " AND e.action_id = ? AND e.timestamped < ? AND NOT EXISTS (SELECT 1 FROM deliveries d"
          + " JOIN subscriptions s ON s.id = d.subscription_id WHERE d.id >= e.id << 20"
          + " AND d.id < (e.id + 1) << 20 AND d.state <> 'delivered' AND s.deleted_at IS NULL)"
          + " ORDER BY e.id LIMIT ?) RETURNING id";
  private static final String DELETE_DELIVERIES =
      "DELETE FROM deliveries WHERE id >= ? AND id < ?"
          + " AND NOT EXISTS (SELECT 1 FROM events e WHERE e.id = deliveries.event_id)";

  /** Where it is not known whether it was committed, the next pass removes what is left. */
  @Override
  public boolean repeatable() {
    return true;
  }

  @Override
  public Integer apply(WriteSession session) throws SQLException {
    long upTo = Math.min(Math.min(last, session.head() - 1), passedByAll(session));
    if (upTo < first) {
      return 0;
    }
    PreparedStatement delete = session.prepare(DELETE_EVENTS);
    delete.setLong(1, first);
    delete.setLong(2, upTo);
    delete.setLong(3, actionId);
    delete.setLong(4, before);
    delete.setInt(5, most);
    int removed = 0;
    long lowest = Long.MAX_VALUE;
    long highest = 0;
    try (ResultSet rows = delete.executeQuery()) {
      while (rows.next()) {
        removed++;
        lowest = Math.min(lowest, rows.getLong(1));
        highest = Math.max(highest, rows.getLong(1));
      }
    }
    if (removed > 0) {
      PreparedStatement deliveries = session.prepare(DELETE_DELIVERIES);
      deliveries.setLong(1, DeliveryRow.id(0, lowest));
      deliveries.setLong(2, DeliveryRow.id(0, highest + 1));
      deliveries.executeUpdate();
    }
    return removed;
  }

  /**
   * The last event that every subscription to the action has a row for, or will never want. One
   * that is being rewound wants again what it had.
   */
  private long passedByAll(WriteSession session) throws SQLException {
    long least = Long.MAX_VALUE;
    PreparedStatement select =
        session.prepare(
            "SELECT action, CASE WHEN rewind_to < cursor THEN rewind_to ELSE cursor END"
                + " FROM subscriptions WHERE deleted_at IS NULL");
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        if (new ActionPattern(rows.getString(1)).matches(action)) {
          least = Math.min(least, rows.getLong(2));
        }
      }
    }
    return least;
  }
}
