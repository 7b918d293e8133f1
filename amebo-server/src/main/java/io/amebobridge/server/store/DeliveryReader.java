package io.amebobridge.server.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Reads deliveries. Thread-safe; may block. */
public final class DeliveryReader {
  private static final String ROW =
      "d.subscription_id, d.event_id, d.state, d.attempts, d.next_attempt_at, d.last_status,"
          + " d.last_error, d.timestamped";
  private static final String JOINED =
      " FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id"
          + " JOIN applications subscriber ON subscriber.id = s.application_id"
          + " JOIN events e ON e.id = d.event_id JOIN actions a ON a.id = e.action_id"
          + " JOIN applications publisher ON publisher.id = a.application_id";
  private final Reads lists;
  private final Reads own;

  /**
   * @param own for what deliveries themselves need
   */
  DeliveryReader(Reads lists, Reads own) {
    this.lists = lists;
    this.own = own;
  }

  // "<> 'delivered'" is said where it follows anyway: SQLite needs it to use the partial index.

  /** The rows that a subscription resumes from: all above its cursor, and those to try again. */
  public List<DeliveryRow> toResume(long subscription, long cursor) {
    String above =
        "SELECT "
            + ROW
            + " FROM deliveries d"
            + " WHERE d.id > ? AND d.id < (SELECT (reached + 1) << 20 FROM subscriptions WHERE id = ?)"
            + " AND d.subscription_id = ?";
    String open =
        "SELECT "
            + ROW
            + " FROM deliveries d WHERE d.subscription_id = ? AND d.state IN ('retrying', 'waiting')"
            + " AND d.state <> 'delivered'"
            + " AND d.event_id <= ?";
    return own.read(
        handle ->
            handle
                .createQuery(above + " UNION ALL " + open)
                .bind(0, DeliveryRow.id(DeliveryRow.MAX_SUBSCRIPTION, cursor))
                .bind(1, subscription)
                .bind(2, subscription)
                .bind(3, subscription)
                .bind(4, cursor)
                .map((rows, context) -> row(rows))
                .list());
  }

  public long dead(long subscription) {
    return own.read(
        handle ->
            handle
                .createQuery(
                    "SELECT count(*) FROM deliveries WHERE subscription_id = ? AND state = 'dead'"
                        + " AND state <> 'delivered'")
                .bind(0, subscription)
                .mapTo(Long.class)
                .one());
  }

  public Optional<DeliveryView> find(long id) {
    DeliveryFilter byId = new DeliveryFilter(id, null, null, null, null, null, null, null, null);
    return list(byId, 1, 0).stream().findFirst();
  }

  public List<DeliveryView> list(DeliveryFilter filter, int limit, long offset) {
    SqlFilter conditions = conditions(filter);
    String names =
        ", a.action, publisher.application AS publisher, subscriber.application AS subscriber";
    return lists.read(
        handle -> {
          Query query =
              handle.createQuery(
                  "SELECT "
                      + ROW
                      + names
                      + JOINED
                      + conditions.where()
                      + " ORDER BY d.id LIMIT ? OFFSET ?");
          int position = conditions.bind(query);
          query.bind(position, limit).bind(position + 1, offset);
          return query.map((rows, context) -> view(rows)).list();
        });
  }

  public long count(DeliveryFilter filter) {
    return count(filter, Long.MAX_VALUE);
  }

  /** How many there are; at most so many are counted. */
  public long count(DeliveryFilter filter, long most) {
    SqlFilter conditions = conditions(filter);
    return lists.read(
        handle -> {
          Query query =
              handle.createQuery(
                  "SELECT count(*) FROM (SELECT 1"
                      + JOINED
                      + conditions.where()
                      + " LIMIT ?) AS counted");
          query.bind(conditions.bind(query), most);
          return query.mapTo(Long.class).one();
        });
  }

  private static SqlFilter conditions(DeliveryFilter filter) {
    Boolean completed = filter.completed();
    return new SqlFilter()
        .and("d.id = ?", filter.id())
        .and("(d.state = 'delivered') = (? = 1)", completed == null ? null : completed ? 1 : 0)
        .and("d.state = ?", filter.state() == null ? null : filter.state().text())
        .and("a.action = ?", filter.action())
        .and("subscriber.application = ?", filter.subscriber())
        .and("d.subscription_id = ?", filter.subscription())
        .and("d.event_id = ?", filter.event())
        .and("d.timestamped >= ?", filter.from())
        .and("d.timestamped < ?", filter.to());
  }

  private static DeliveryView view(ResultSet rows) throws SQLException {
    return new DeliveryView(
        row(rows),
        rows.getString("action"),
        rows.getString("publisher"),
        rows.getString("subscriber"));
  }

  private static DeliveryRow row(ResultSet rows) throws SQLException {
    Long status = number(rows, "last_status");
    return new DeliveryRow(
        rows.getLong("subscription_id"),
        rows.getLong("event_id"),
        DeliveryRow.State.of(rows.getString("state")),
        rows.getInt("attempts"),
        number(rows, "next_attempt_at"),
        status == null ? null : status.intValue(),
        rows.getString("last_error"),
        rows.getLong("timestamped"));
  }

  private static @Nullable Long number(ResultSet rows, String column) throws SQLException {
    long value = rows.getLong(column);
    return rows.wasNull() ? null : value;
  }
}
