package io.amebobridge.server.store;

import io.amebobridge.client.SourceCoordinates;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Appends events inside the writer's transaction, and recognises duplicates. */
final class EventAppender {
  private EventAppender() {}

  /** What makes an event the same as another. */
  private record Key(String deduper, long actionId) {}

  /** One result for each event, in order; adds what was stored to {@code stored}. */
  static List<Appended> append(
      WriteSession session, List<NewLogEvent> events, List<LogEvent> stored) throws SQLException {
    List<Appended> results = new ArrayList<>(events.size());
    if (session.dialect().arrays()) {
      together(session, events, stored, results);
    } else {
      for (NewLogEvent event : events) {
        results.add(one(session, event, stored));
      }
    }
    return results;
  }

  private static void together(
      WriteSession session, List<NewLogEvent> events, List<LogEvent> stored, List<Appended> results)
      throws SQLException {
    Map<Key, First> known = known(session, events);
    List<LogEvent> fresh = new ArrayList<>(events.size());
    for (NewLogEvent event : events) {
      Key key = event.deduper() == null ? null : new Key(event.deduper(), event.actionId());
      First first = key == null ? null : known.get(key);
      if (first != null) {
        results.add(first.answer(event));
        continue;
      }
      long id = session.head() + 1;
      session.head(id);
      fresh.add(LogEvent.of(id, event, session.now()));
      results.add(new Appended(Appended.Outcome.STORED, id, session.now()));
      if (key != null) {
        known.put(key, new First(id, session.now(), event.payload()));
      }
    }
    insert(session, fresh);
    stored.addAll(fresh);
  }

  private static Map<Key, First> known(WriteSession session, List<NewLogEvent> events)
      throws SQLException {
    Set<Key> wanted = new LinkedHashSet<>();
    for (NewLogEvent event : events) {
      if (event.deduper() != null) {
        wanted.add(new Key(event.deduper(), event.actionId()));
      }
    }
    Map<Key, First> known = new HashMap<>();
    if (wanted.isEmpty()) {
      return known;
    }
    Columns<Key> columns = new Columns<>(session, wanted);
    PreparedStatement select = session.prepare(session.dialect().knownEvents());
    columns.texts(select, 1, Key::deduper);
    columns.numbers(select, 2, Key::actionId);
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        known.put(new Key(rows.getString(1), rows.getLong(2)), First.of(rows));
      }
    }
    return known;
  }

  private static void insert(WriteSession session, List<LogEvent> fresh) throws SQLException {
    if (fresh.isEmpty()) {
      return;
    }
    Columns<LogEvent> columns = new Columns<>(session, fresh);
    PreparedStatement insert = session.prepare(session.dialect().insertEvents());
    insert.setLong(1, fresh.get(0).id() - 1);
    insert.setLong(2, session.now());
    columns.numbers(insert, 3, LogEvent::actionId);
    columns.texts(insert, 4, LogEvent::deduper);
    columns.bytes(insert, 5, LogEvent::payload);
    columns.texts(insert, 6, LogEvent::key);
    columns.texts(insert, 7, e -> e.source() == null ? null : e.source().system());
    columns.texts(insert, 8, e -> e.source() == null ? null : e.source().stream());
    columns.numbers(insert, 9, e -> partition(e.source()));
    columns.numbers(insert, 10, e -> e.source() == null ? null : e.source().offset());
    columns.numbers(insert, 11, LogEvent::sleepUntil);
    columns.texts(insert, 12, LogEvent::traceparent);
    insert.executeUpdate();
  }

  private static Appended one(WriteSession session, NewLogEvent event, List<LogEvent> stored)
      throws SQLException {
    long id = session.head() + 1;
    PreparedStatement insert = session.prepare(session.dialect().insertEvents());
    SourceCoordinates source = event.source();
    insert.setLong(1, id);
    insert.setLong(2, event.actionId());
    insert.setString(3, event.deduper());
    insert.setBytes(4, event.payload());
    insert.setString(5, event.key());
    insert.setString(6, source == null ? null : source.system());
    insert.setString(7, source == null ? null : source.stream());
    Numbers.set(insert, 8, partition(source));
    Numbers.set(insert, 9, source == null ? null : source.offset());
    Numbers.set(insert, 10, event.sleepUntil());
    insert.setLong(11, session.now());
    insert.setString(12, event.traceparent());
    if (insert.executeUpdate() == 0) {
      return first(session, event).answer(event);
    }
    session.head(id);
    stored.add(LogEvent.of(id, event, session.now()));
    return new Appended(Appended.Outcome.STORED, id, session.now());
  }

  private static First first(WriteSession session, NewLogEvent event) throws SQLException {
    PreparedStatement select = session.prepare(session.dialect().knownEvents());
    select.setString(1, event.deduper());
    select.setLong(2, event.actionId());
    try (ResultSet rows = select.executeQuery()) {
      if (!rows.next()) {
        throw new SQLException(
            "an insert was refused as a duplicate of an event that is not there");
      }
      return First.of(rows);
    }
  }

  private static @Nullable Long partition(@Nullable SourceCoordinates source) {
    Integer partition = source == null ? null : source.partition();
    return partition == null ? null : Long.valueOf(partition);
  }
}
