package io.amebobridge.server.cluster;

import io.amebobridge.server.delivery.Dispatcher;
import io.amebobridge.server.store.Schema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Instances and leases as they stand in the database.
 *
 * @param live instances that take part, by id
 * @param rows one for each subscription that there is, by id
 * @param litter whether there are leases of subscriptions that are gone, or instances long dead
 */
record LeaseRows(Set<String> live, List<Row> rows, boolean litter) {
  private static final String LIVE =
      "SELECT id FROM instances WHERE NOT leaving AND expires_at > clock_timestamp()";
  private static final String ALL =
      "SELECT s.id, CASE WHEN i.expires_at > clock_timestamp() THEN l.holder ELSE '' END, l.token"
          + " FROM subscriptions s LEFT JOIN leases l ON l.subscription_id = s.id"
          + " LEFT JOIN instances i ON i.id = l.holder"
          + " WHERE s.deleted_at IS NULL ORDER BY s.id";
  private static final String LITTER =
      "SELECT EXISTS (SELECT 1 FROM leases l JOIN subscriptions s ON s.id = l.subscription_id"
          + " WHERE s.deleted_at IS NOT NULL)"
          + " OR EXISTS (SELECT 1 FROM instances"
          + " WHERE expires_at < clock_timestamp() - interval '1 minute')";
  private static final String PLACE =
      "SELECT coalesce((SELECT cursor FROM subscriptions WHERE id = ?), 0), "
          + Schema.REGISTRY_VERSION
          + ","
          + " EXISTS (SELECT 1 FROM subscriptions WHERE id = ? AND rewind_to IS NOT NULL)";
  private static final String STANDINGS =
      "SELECT s.id, s.cursor,"
          + " (SELECT count(*) FROM deliveries d WHERE d.subscription_id = s.id"
          + " AND d.state = 'retrying'),"
          + " (SELECT count(*) FROM deliveries d WHERE d.subscription_id = s.id"
          + " AND d.state = 'dead'),"
          + " CASE WHEN i.expires_at > clock_timestamp() THEN l.holder END"
          + " FROM subscriptions s LEFT JOIN leases l ON l.subscription_id = s.id"
          + " LEFT JOIN instances i ON i.id = l.holder WHERE s.deleted_at IS NULL";

  /**
   * A subscription.
   *
   * @param holder "" where it is free
   * @param token 0 where it was never leased
   */
  record Row(long subscription, String holder, long token) {}

  static LeaseRows read(Connection connection) throws SQLException {
    Set<String> live = new TreeSet<>();
    try (PreparedStatement select = connection.prepareStatement(LIVE);
        ResultSet found = select.executeQuery()) {
      while (found.next()) {
        live.add(found.getString(1));
      }
    }
    List<Row> rows = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(ALL);
        ResultSet found = select.executeQuery()) {
      while (found.next()) {
        String holder = found.getString(2);
        rows.add(new Row(found.getLong(1), holder == null ? "" : holder, found.getLong(3)));
      }
    }
    try (PreparedStatement select = connection.prepareStatement(LITTER);
        ResultSet found = select.executeQuery()) {
      found.next();
      return new LeaseRows(live, rows, found.getBoolean(1));
    }
  }

  List<String> holders() {
    return rows.stream().map(Row::holder).toList();
  }

  /** What may be taken: free, or left to this instance by an answer that never came. */
  List<Long> available(String me, Set<Long> held) {
    return rows.stream()
        .filter(
            row ->
                row.holder.isEmpty() || (row.holder.equals(me) && !held.contains(row.subscription)))
        .map(Row::subscription)
        .toList();
  }

  /**
   * Where a subscription is to be resumed.
   *
   * @param registry the version of what is registered that goes with it, at least
   * @param rewinding whether a rewind has to be finished first
   */
  record Place(long cursor, long registry, boolean rewinding) {}

  static Place place(Connection connection, long subscription) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(PLACE)) {
      select.setLong(1, subscription);
      select.setLong(2, subscription);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return new Place(row.getLong(1), row.getLong(2), row.getBoolean(3));
      }
    }
  }

  /**
   * Where all subscriptions stood when it was last written.
   *
   * @param beyond how far the log goes on after an id
   */
  static Map<Long, Dispatcher.Standing> standings(Connection connection, LongUnaryOperator beyond)
      throws SQLException {
    Map<Long, Dispatcher.Standing> all = new HashMap<>();
    try (PreparedStatement select = connection.prepareStatement(STANDINGS);
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        long cursor = rows.getLong(2);
        @Nullable String holder = rows.getString(5);
        all.put(
            rows.getLong(1),
            new Dispatcher.Standing(
                cursor, beyond.applyAsLong(cursor), rows.getInt(3), rows.getLong(4), null, holder));
      }
    }
    return all;
  }
}
