package io.amebobridge.server.store;

import io.amebobridge.client.SourceCoordinates;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.result.ResultIterator;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Reads the log: the newest from memory, the rest from the database. Thread-safe; may block. */
public final class EventReader {
  private static final String COLUMNS =
      "SELECT id, action_id, payload, deduper, ordering_key, source_system, source_stream,"
          + " source_partition, source_offset, sleep_until, timestamped, traceparent FROM events";

  /** A page ends once it has this many bytes of events; it may be one event more. */
  public static final long PAGE_BYTES = 8L << 20;

  static final long WALK = 1 << 20;

  private final Reads reads;
  private final Dialect dialect;
  private final EventTail tail;
  private final SkippedIds skipped;

  EventReader(Reads reads, Dialect dialect, EventTail tail, SkippedIds skipped) {
    this.reads = reads;
    this.dialect = dialect;
    this.tail = tail;
    this.skipped = skipped;
  }

  /** The last event's id, 0 where there is none. */
  public long head() {
    return tail.head();
  }

  /** How far the log goes beyond this id, in ids that were given: of any action, pruned or not. */
  public long beyond(long id) {
    long head = head();
    return Math.max(0, head - id - skipped.between(id, head));
  }

  /** The id so many before the newest, of those that were given; 0 at the log's beginning. */
  public long back(long count) {
    return Math.max(0, skipped.back(head(), count));
  }

  /**
   * Up to max events, or about {@link #PAGE_BYTES}, after the given id, of any action, from memory
   * alone: it never blocks; null where they are to be read from the database.
   */
  public @Nullable List<LogEvent> recent(long after, int max) {
    return recent(after, max, PAGE_BYTES);
  }

  /** The same, ending once it has so many bytes: it may be one event more. */
  public @Nullable List<LogEvent> recent(long after, int max, long bytes) {
    return tail.after(after, max, Math.max(1, bytes));
  }

  /**
   * Events in the order of their ids.
   *
   * @param complete false where there may be more behind
   */
  public record Page(List<LogEvent> events, boolean complete) {}

  /**
   * Events in the order of their ids.
   *
   * @param end all up to this id were looked at
   */
  public record Walk(List<LogEvent> events, long end) {}

  /**
   * Up to max events with after &lt; id &lt;= upTo of these actions. No index leads to an action's
   * events, so it stops after {@link #WALK} ids too: where all are others', it ends in time, and
   * the next goes on at its end.
   */
  public Walk page(long after, long upTo, Collection<Long> actions, int max) {
    return page(after, upTo, actions, max, PAGE_BYTES);
  }

  /**
   * The same within so many bytes.
   *
   * @param bytes it ends too once it has so many; it may be one event more
   */
  public Walk page(long after, long upTo, Collection<Long> actions, int max, long bytes) {
    long end = Math.max(after, Math.min(upTo, after + WALK));
    SqlFilter filter =
        new SqlFilter()
            .and("id > ?", after)
            .and("id <= ?", end)
            .and(dialect.actionIn(), jsonArray(actions));
    Page page = select(filter, max, 0, Math.max(1, bytes));
    List<LogEvent> events = page.events();
    if (!page.complete()) {
      return new Walk(events, events.get(events.size() - 1).id());
    }
    return new Walk(events, events.isEmpty() && end < upTo ? beforeNext(end, upTo) : end);
  }

  /** Ids may be missing by the million: all up to the next event, or to the end. */
  private long beforeNext(long id, long upTo) {
    return reads.read(
        handle ->
            handle
                .createQuery("SELECT min(id) - 1 FROM events WHERE id > ? AND id <= ?")
                .bind(0, id)
                .bind(1, upTo)
                .mapTo(Long.class)
                .findOne()
                .orElse(upTo));
  }

  /** How often what is registered has changed. An event's action was registered before it. */
  public long registryVersion() {
    return reads.read(
        handle -> handle.createQuery("SELECT " + Schema.REGISTRY_VERSION).mapTo(Long.class).one());
  }

  public Optional<LogEvent> find(long id) {
    return select(new SqlFilter().and("id = ?", id), 1, 0, PAGE_BYTES).events().stream()
        .findFirst();
  }

  /** A page is shorter than the limit too where it has {@link #PAGE_BYTES}. */
  public Page list(EventFilter filter, int limit, long offset) {
    return select(conditions(filter), limit, offset, PAGE_BYTES);
  }

  public long count(EventFilter filter) {
    return count(filter, Long.MAX_VALUE);
  }

  /** How many there are; at most so many are counted. */
  public long count(EventFilter filter, long most) {
    SqlFilter conditions = conditions(filter);
    return reads.read(
        handle -> {
          Query query =
              handle.createQuery(
                  "SELECT count(*) FROM (SELECT 1 FROM events"
                      + conditions.where()
                      + " LIMIT ?) AS counted");
          query.bind(conditions.bind(query), most);
          return query.mapTo(Long.class).one();
        });
  }

  private SqlFilter conditions(EventFilter filter) {
    return new SqlFilter()
        .and("id = ?", filter.id())
        .and(dialect.actionIn(), filter.actions() == null ? null : jsonArray(filter.actions()))
        .and("deduper = ?", filter.deduper())
        .and(dialect.payloadContains(), filter.payload())
        .and("id > ?", filter.after())
        .and("timestamped >= ?", filter.from())
        .and("timestamped < ?", filter.to());
  }

  private Page select(SqlFilter filter, int limit, long offset, long most) {
    return reads.read(
        handle -> {
          Query query =
              handle.createQuery(
                  dialect.pageStart()
                      + COLUMNS
                      + filter.where()
                      + " ORDER BY id LIMIT ? OFFSET ?"
                      + dialect.pageEnd());
          int position = filter.bind(query);
          query.bind(position, limit).bind(position + 1, offset);
          if (!dialect.pageEnd().isEmpty()) {
            query.bind(position + 2, most);
          }
          List<LogEvent> found = new ArrayList<>();
          long bytes = 0;
          try (ResultIterator<LogEvent> rows = query.map((row, context) -> event(row)).iterator()) {
            while (bytes < most && rows.hasNext()) {
              LogEvent event = rows.next();
              found.add(event);
              bytes += event.bytes();
            }
          }
          return new Page(found, found.size() < limit && bytes < most);
        });
  }

  private static LogEvent event(ResultSet rows) throws SQLException {
    return new LogEvent(
        rows.getLong("id"),
        rows.getLong("action_id"),
        rows.getBytes("payload"),
        rows.getString("deduper"),
        rows.getString("ordering_key"),
        source(rows),
        Numbers.get(rows, "sleep_until"),
        rows.getLong("timestamped"),
        rows.getString("traceparent"));
  }

  private static @Nullable SourceCoordinates source(ResultSet rows) throws SQLException {
    String system = rows.getString("source_system");
    if (system == null) {
      return null;
    }
    Long partition = Numbers.get(rows, "source_partition");
    return new SourceCoordinates(
        system,
        rows.getString("source_stream"),
        partition == null ? null : partition.intValue(),
        Numbers.get(rows, "source_offset"));
  }

  static String jsonArray(Collection<Long> ids) {
    return ids.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
  }
}
