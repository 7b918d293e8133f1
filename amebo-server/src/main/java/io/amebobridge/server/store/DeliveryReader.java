package io.amebobridge.server.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Reads deliveries. Thread-safe; may block. */
public final class DeliveryReader {
  static final long WALK = 1 << 16; // events, each with a row of every subscription to it
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
  private final Dialect dialect;

  /**
   * @param own for what deliveries themselves need
   */
  DeliveryReader(Reads lists, Reads own, Dialect dialect) {
    this.lists = lists;
    this.own = own;
    this.dialect = dialect;
  }

  // "<> 'delivered'" is said where it follows anyway: SQLite needs it to use the partial index.

  /** Where a subscription stands in the database. */
  public Resumption resumption(long subscription, int most) {
    return own.read(handle -> OpenDeliveries.resumption(handle, subscription, most));
  }

  /** Deliveries to be made that come at or after this one, the next due first; see there. */
  public List<OpenDelivery> open(long subscription, OpenDelivery from, int most) {
    return own.read(handle -> OpenDeliveries.from(handle, subscription, from, most));
  }

  /** The next ids of a subscription's rows. */
  List<Long> rowsAfter(long subscription, long id, int most) {
    List<Long> found = new ArrayList<>();
    OptionalLong end = walk(own, id);
    for (long after = id; end.isPresent() && found.size() < most; end = walk(own, after)) {
      found.addAll(rows(subscription, after, end.getAsLong(), most - found.size()));
      after = end.getAsLong();
    }
    return found;
  }

  private List<Long> rows(long subscription, long after, long upTo, int most) {
    return own.read(
        handle ->
            handle
                .createQuery(
                    "SELECT id FROM deliveries WHERE id > ? AND id <= ? AND subscription_id = ?"
                        + " ORDER BY id LIMIT ?")
                .bind(0, after)
                .bind(1, upTo)
                .bind(2, subscription)
                .bind(3, most)
                .mapTo(Long.class)
                .list());
  }

  /**
   * How far one query goes from a delivery where no index leads to what is looked for: however many
   * rows are others', it ends in time, and the next goes on where it ended. Empty where there are
   * no more rows.
   */
  static OptionalLong walk(Reads reads, long after) {
    return reads
        .read(
            handle ->
                handle
                    .createQuery("SELECT min(id) FROM deliveries WHERE id > ?")
                    .bind(0, after)
                    .mapTo(Long.class)
                    .findOne())
        .map(next -> OptionalLong.of(DeliveryRow.id(0, DeliveryRow.eventOf(next) + WALK)))
        .orElse(OptionalLong.empty());
  }

  /**
   * How many events of these actions between the two have no row of this subscription; at most so
   * many are counted.
   */
  public long unseen(
      long subscription, long after, long upTo, Collection<Long> actions, long most) {
    return lists.read(
        handle ->
            handle
                .createQuery(
                    "SELECT count(*) FROM (SELECT 1 FROM events e WHERE e.id > ? AND e.id <= ? AND "
                        + dialect.actionIn()
                        + " AND NOT EXISTS (SELECT 1 FROM deliveries d"
                        + " WHERE d.id = ((e.id << 20) | ?)) LIMIT ?) AS counted")
                .bind(0, after)
                .bind(1, upTo)
                .bind(2, EventReader.jsonArray(actions))
                .bind(3, subscription)
                .bind(4, most)
                .mapTo(Long.class)
                .one());
  }

  /** How many of a subscription were given up. */
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

  /** One delivery's row; empty where nothing has happened yet. */
  public Optional<DeliveryRow> row(long id) {
    return own.read(
        handle ->
            handle
                .createQuery("SELECT " + ROW + " FROM deliveries d WHERE d.id = ?")
                .bind(0, id)
                .map((rows, context) -> row(rows))
                .findOne());
  }

  /** Subscriptions whose rewind is not finished. */
  public List<Long> rewinding() {
    return lists.read(
        handle ->
            handle
                .createQuery("SELECT id FROM subscriptions WHERE rewind_to IS NOT NULL")
                .mapTo(Long.class)
                .list());
  }

  /** What the receiver answered last, where that is kept. */
  public Optional<String> response(long id) {
    return lists.read(
        handle ->
            handle
                .createQuery(
                    "SELECT response FROM deliveries WHERE id = ? AND response IS NOT NULL")
                .bind(0, id)
                .mapTo(String.class)
                .findOne());
  }

  public Optional<DeliveryView> find(long id) {
    DeliveryFilter byId = new DeliveryFilter(id, null, null, null, null, null, null, null, null);
    return list(byId, 1, 0).stream().findFirst();
  }

  public List<DeliveryView> list(DeliveryFilter filter, int limit, long offset) {
    SqlFilter conditions = conditions(filter);
    return lists.read(
        handle -> {
          Query query = handle.createQuery(list(filter, conditions));
          int position = conditions.bind(query);
          query.bind(position, limit).bind(position + 1, offset);
          return query.map((rows, context) -> view(rows)).list();
        });
  }

  /** The query of a list, whose parameters are those of the conditions, a limit and an offset. */
  static String list(DeliveryFilter filter, SqlFilter conditions) {
    boolean few = Boolean.FALSE.equals(filter.completed()) || isOpen(filter.state());
    return "SELECT "
        + ROW
        + ", a.action, publisher.application AS publisher, subscriber.application AS subscriber"
        + JOINED
        + conditions.where()
        // In the order of the table it would be read from its beginning, past all delivered ones.
        + (few ? " ORDER BY +d.id" : " ORDER BY d.id")
        + " LIMIT ? OFFSET ?";
  }

  private static boolean isOpen(DeliveryRow.@Nullable State state) {
    return state != null && state != DeliveryRow.State.DELIVERED;
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

  static SqlFilter conditions(DeliveryFilter filter) {
    SqlFilter conditions = new SqlFilter();
    // Constants: with a parameter in their place no plan uses the partial index.
    if (filter.completed() != null) {
      conditions.and(filter.completed() ? "d.state = 'delivered'" : "d.state <> 'delivered'");
    }
    if (filter.state() != null) {
      conditions.and(state(filter.state()));
    }
    return conditions
        .and("d.id = ?", filter.id())
        .and("a.action = ?", filter.action())
        .and("subscriber.application = ?", filter.subscriber())
        .and("d.subscription_id = ?", filter.subscription())
        .and("d.event_id = ?", filter.event())
        .and("d.timestamped >= ?", filter.from())
        .and("d.timestamped < ?", filter.to());
  }

  private static String state(DeliveryRow.State state) {
    return switch (state) {
      case DELIVERED -> "d.state = 'delivered'";
      case RETRYING -> "d.state = 'retrying' AND d.state <> 'delivered'";
      case WAITING -> "d.state = 'waiting' AND d.state <> 'delivered'";
      case DEAD -> "d.state = 'dead' AND d.state <> 'delivered'";
    };
  }

  private static DeliveryView view(ResultSet rows) throws SQLException {
    return new DeliveryView(
        row(rows),
        rows.getString("action"),
        rows.getString("publisher"),
        rows.getString("subscriber"));
  }

  private static DeliveryRow row(ResultSet rows) throws SQLException {
    Long status = Numbers.get(rows, "last_status");
    return new DeliveryRow(
        rows.getLong("subscription_id"),
        rows.getLong("event_id"),
        DeliveryRow.State.of(rows.getString("state")),
        rows.getInt("attempts"),
        Numbers.get(rows, "next_attempt_at"),
        status == null ? null : status.intValue(),
        rows.getString("last_error"),
        rows.getLong("timestamped"));
  }
}
