package io.amebobridge.server.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Sets a subscription to another place in the log. What is wanted is stored first; then, while
 * nobody drives the subscription, the delivery rows above the place go in slices, and last the
 * cursor is set. A crash in between is finished by whoever drives the subscription next.
 */
public final class Rewind {
  private static final int SLICE = 5_000;

  private Rewind() {}

  /** Where a subscription stood, and where it is to stand. */
  public record Wanted(long cursor, long to) {}

  /**
   * Stores what is wanted, in the writer's open transaction; never before the log's beginning.
   *
   * @return empty where another is under way: its rows go by its place, which must not change
   */
  public static Optional<Wanted> want(WriteSession session, long subscription, long to)
      throws SQLException {
    long place = Math.max(to, EventsByTime.beforeFirst(session));
    PreparedStatement update =
        session.prepare(
            "UPDATE subscriptions SET rewind_to = ? WHERE id = ? AND rewind_to IS NULL"
                + " AND deleted_at IS NULL RETURNING cursor");
    update.setLong(1, place);
    update.setLong(2, subscription);
    try (ResultSet row = update.executeQuery()) {
      if (row.next()) {
        return Optional.of(new Wanted(row.getLong(1), place));
      }
    }
    return isUnderWay(session, subscription)
        ? Optional.empty()
        : Optional.of(new Wanted(place, place)); // it was deleted meanwhile
  }

  private static boolean isUnderWay(WriteSession session, long subscription) throws SQLException {
    PreparedStatement select =
        session.prepare(
            "SELECT 1 FROM subscriptions WHERE id = ? AND rewind_to IS NOT NULL"
                + " AND deleted_at IS NULL");
    select.setLong(1, subscription);
    try (ResultSet row = select.executeQuery()) {
      return row.next();
    }
  }

  /**
   * Finishes what is wanted. Blocks; to be called while nobody drives the subscription, by whoever
   * may.
   *
   * @throws java.util.concurrent.CompletionException where the store fails; call it again
   */
  public static void finish(Store store, long subscription, long to, Fence fence) {
    long after = DeliveryRow.id(DeliveryRow.MAX_SUBSCRIPTION, to);
    List<Long> rows = store.deliveries().rowsAfter(subscription, after, SLICE);
    while (!rows.isEmpty()) {
      List<Long> slice = rows;
      store.writer().apply(new Fenced<>(fence, session -> delete(session, slice))).join();
      after = slice.get(slice.size() - 1);
      rows = store.deliveries().rowsAfter(subscription, after, SLICE);
    }
    store.writer().apply(new Fenced<>(fence, session -> stand(session, subscription, to))).join();
  }

  private static int delete(WriteSession session, List<Long> rows) throws SQLException {
    PreparedStatement delete = session.prepare("DELETE FROM deliveries WHERE id = ?");
    for (long id : rows) {
      delete.setLong(1, id);
      delete.addBatch();
    }
    return delete.executeBatch().length;
  }

  private static int stand(WriteSession session, long subscription, long at) throws SQLException {
    PreparedStatement update =
        session.prepare(
            "UPDATE subscriptions SET cursor = ?, reached = ?, rewind_to = NULL"
                + " WHERE id = ? AND rewind_to = ?");
    update.setLong(1, at);
    update.setLong(2, at);
    update.setLong(3, subscription);
    update.setLong(4, at);
    return update.executeUpdate();
  }
}
