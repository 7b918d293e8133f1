package io.amebobridge.server.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads replays, and what they are to replay. Thread-safe; may block. */
public final class ReplayReader {
  private static final String FOUND = " FROM deliveries d JOIN events e ON e.id = d.event_id";
  private final Reads lists;
  private final Dialect dialect;

  ReplayReader(Reads lists, Dialect dialect) {
    this.lists = lists;
    this.dialect = dialect;
  }

  /** A delivery that a replay is about to make due. */
  public record Candidate(long delivery, @Nullable String key) {}

  /**
   * How many deliveries it is for, up to {@link ReplayRow#MOST_COUNTED}; actions are those that its
   * pattern matches, null for any.
   */
  public long count(ReplayRow replay, @Nullable Collection<Long> actions) {
    long most = Math.min(replay.most(), ReplayRow.MOST_COUNTED);
    if (!isWalked(replay)) {
      return count(filter(replay, actions), most);
    }
    long count = 0;
    OptionalLong end = DeliveryReader.walk(lists, replay.position());
    for (long after = replay.position();
        end.isPresent() && count < most;
        end = DeliveryReader.walk(lists, after)) {
      count += count(within(replay, actions, after, end.getAsLong()), most - count);
      after = end.getAsLong();
    }
    return count;
  }

  private long count(SqlFilter filter, long most) {
    return lists.read(
        handle -> {
          Query query =
              handle.createQuery(
                  "SELECT count(*) FROM (SELECT 1" + FOUND + filter.where() + " LIMIT ?) found");
          query.bind(filter.bind(query), most);
          return query.mapTo(Long.class).one();
        });
  }

  /** The next deliveries behind its position, in the order of their ids. */
  public List<Candidate> next(ReplayRow replay, @Nullable Collection<Long> actions, int most) {
    if (!isWalked(replay)) {
      return next(filter(replay, actions), most);
    }
    List<Candidate> found = new ArrayList<>();
    OptionalLong end = DeliveryReader.walk(lists, replay.position());
    for (long after = replay.position();
        end.isPresent() && found.size() < most;
        end = DeliveryReader.walk(lists, after)) {
      found.addAll(next(within(replay, actions, after, end.getAsLong()), most - found.size()));
      after = end.getAsLong();
    }
    return found;
  }

  private List<Candidate> next(SqlFilter filter, int most) {
    return lists.read(
        handle -> {
          Query query =
              handle.createQuery(
                  "SELECT d.id, e.ordering_key"
                      + FOUND
                      + filter.where()
                      + " ORDER BY d.id LIMIT ?");
          query.bind(filter.bind(query), most);
          return query
              .map(
                  (row, context) -> new Candidate(row.getLong("id"), row.getString("ordering_key")))
              .list();
        });
  }

  /** No index leads to what was delivered; to the dead and to named ones there is one. */
  private static boolean isWalked(ReplayRow replay) {
    return replay.of() == DeliveryRow.State.DELIVERED && replay.events() == null;
  }

  private SqlFilter within(
      ReplayRow replay, @Nullable Collection<Long> actions, long after, long upTo) {
    return filter(replay, actions).and("d.id > ?", after).and("d.id <= ?", upTo);
  }

  private SqlFilter filter(ReplayRow replay, @Nullable Collection<Long> actions) {
    // "<> 'delivered'" is said where it follows anyway: SQLite needs it to use the partial index.
    boolean delivered = replay.of() == DeliveryRow.State.DELIVERED;
    return new SqlFilter()
        .and("d.id > ?", replay.position())
        .and("d.id" + dialect.among(), named(replay))
        .and("d.subscription_id = ?", replay.subscription())
        .and(
            delivered ? "d.state = ?" : "d.state <> 'delivered' AND d.state = ?",
            replay.of().text())
        .and("d.timestamped >= ?", replay.since())
        .and("d.timestamped < ?", replay.until())
        // What is delivered from now on would never end; the dead may be of a clock ahead of this.
        .and("d.timestamped <= ?", delivered ? replay.timestamped() : null)
        .and(dialect.actionIn(), actions == null ? null : EventReader.jsonArray(actions));
  }

  private static @Nullable String named(ReplayRow replay) {
    List<Long> events = replay.events();
    return events == null
        ? null
        : EventReader.jsonArray(
            events.stream().map(event -> DeliveryRow.id(replay.subscription(), event)).toList());
  }

  public Optional<ReplayRow> find(long id) {
    return lists.read(
        handle ->
            handle
                .createQuery("SELECT * FROM replays WHERE id = ?")
                .bind(0, id)
                .map((row, context) -> row(row))
                .findOne());
  }

  /** The name of the application whose deliveries it replays. */
  public String subscriber(ReplayRow replay) {
    return lists.read(
        handle ->
            handle
                .createQuery("SELECT p.application" + joined() + " WHERE r.id = ?")
                .bind(0, replay.id())
                .mapTo(String.class)
                .one());
  }

  /** Those that are under way. */
  public List<ReplayRow> running() {
    return lists.read(
        handle ->
            handle
                .createQuery("SELECT * FROM replays WHERE state = 'running' ORDER BY id")
                .map((row, context) -> row(row))
                .list());
  }

  /** The newest first; of an application's subscriptions only, unless it is null. */
  public List<ReplayRow> list(@Nullable String application, int most, long offset) {
    SqlFilter filter = new SqlFilter().and("p.application = ?", application);
    return lists.read(
        handle -> {
          Query query =
              handle.createQuery(
                  "SELECT r.*"
                      + joined()
                      + filter.where()
                      + " ORDER BY r.id DESC LIMIT ? OFFSET ?");
          int position = filter.bind(query);
          query.bind(position, most).bind(position + 1, offset);
          return query.map((row, context) -> row(row)).list();
        });
  }

  public long count(@Nullable String application) {
    SqlFilter filter = new SqlFilter().and("p.application = ?", application);
    return lists.read(
        handle -> {
          Query query = handle.createQuery("SELECT count(*)" + joined() + filter.where());
          filter.bind(query);
          return query.mapTo(Long.class).one();
        });
  }

  private static String joined() {
    return " FROM replays r JOIN subscriptions s ON s.id = r.subscription_id"
        + " JOIN applications p ON p.id = s.application_id";
  }

  /**
   * What became of what they made due, each number up to {@link ReplayRow#MOST_COUNTED}; a later
   * replay of the same deliveries takes them over.
   */
  public Map<Long, ReplayRow.Counts> counts(Collection<Long> replays) {
    if (replays.isEmpty()) {
      return Map.of();
    }
    return lists.read(
        handle ->
            handle
                .createQuery(
                    "SELECT r.id, "
                        + counted("d.state = 'delivered'")
                        + " AS delivered, "
                        + counted("d.state = 'dead'")
                        + " AS failed, "
                        + counted("d.state IN ('retrying', 'waiting')")
                        + " AS open FROM replays r WHERE r.id IN (<ids>)")
                .bindList("ids", List.copyOf(replays))
                .reduceRows(
                    new HashMap<>(),
                    (counts, row) -> {
                      counts.put(
                          row.getColumn("id", Long.class),
                          new ReplayRow.Counts(
                              row.getColumn("delivered", Long.class),
                              row.getColumn("failed", Long.class),
                              row.getColumn("open", Long.class)));
                      return counts;
                    }));
  }

  private static String counted(String condition) {
    return "(SELECT count(*) FROM (SELECT 1 FROM deliveries d WHERE d.replay_id = r.id AND "
        + condition
        + " LIMIT "
        + ReplayRow.MOST_COUNTED
        + ") AS c)";
  }

  private static ReplayRow row(ResultSet row) throws SQLException {
    return new ReplayRow(
        row.getLong("id"),
        row.getLong("subscription_id"),
        ReplayRow.State.of(row.getString("state")),
        DeliveryRow.State.of(row.getString("of_state")),
        row.getString("action"),
        Numbers.get(row, "since"),
        Numbers.get(row, "until"),
        events(row.getString("events")),
        row.getInt("per_second"),
        row.getLong("most"),
        row.getLong("matched"),
        row.getLong("replayed"),
        row.getLong("position"),
        row.getLong("timestamped"),
        Numbers.get(row, "ended_at"));
  }

  private static @Nullable List<Long> events(@Nullable String json) {
    if (json == null) {
      return null;
    }
    List<Long> ids = new ArrayList<>();
    for (JsonNode id : JsonMapper.shared().readTree(json)) {
      ids.add(id.longValue());
    }
    return ids;
  }
}
