package io.amebobridge.server.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes what happened to a subscription's deliveries, and its cursor, together.
 *
 * @param cursor every matching event up to it has a row, counting these; {@link #UNMOVED}: it and
 *     the reach stay where they are
 * @param reached no row is for an event beyond it
 */
public record RecordDeliveries(long subscription, List<DeliveryRow> rows, long cursor, long reached)
    implements Change<Long> {
  public static final long UNMOVED = -1;

  /** The rows alone. */
  public static RecordDeliveries of(long subscription, List<DeliveryRow> rows) {
    return new RecordDeliveries(subscription, rows, UNMOVED, UNMOVED);
  }

  @Override
  public boolean repeatable() {
    return true;
  }

  @Override
  public Long apply(WriteSession session) throws SQLException {
    if (session.dialect().arrays()) {
      upsertTogether(session);
    } else {
      upsertOneByOne(session);
    }
    if (cursor != UNMOVED) {
      PreparedStatement advance = session.prepare(session.dialect().advanceCursor());
      advance.setLong(1, cursor);
      advance.setLong(2, reached);
      advance.setLong(3, subscription);
      advance.executeUpdate();
    }
    return cursor;
  }

  private void upsertOneByOne(WriteSession session) throws SQLException {
    PreparedStatement upsert = session.prepare(session.dialect().upsertDeliveries());
    for (DeliveryRow row : rows) {
      upsert.setLong(1, row.id());
      upsert.setLong(2, row.subscription());
      upsert.setLong(3, row.event());
      upsert.setString(4, row.state().text());
      upsert.setInt(5, row.attempts());
      Numbers.set(upsert, 6, row.nextAttemptAt());
      Numbers.set(upsert, 7, row.lastStatus());
      upsert.setString(8, Texts.storable(row.lastError()));
      upsert.setLong(9, row.timestamped());
      upsert.setString(10, Texts.storable(row.response()));
      upsert.executeUpdate();
    }
  }

  private void upsertTogether(WriteSession session) throws SQLException {
    Map<Long, DeliveryRow> last = new LinkedHashMap<>(); // one statement writes a row once
    rows.forEach(row -> last.put(row.id(), row));
    if (last.isEmpty()) {
      return;
    }
    Columns<DeliveryRow> columns = new Columns<>(session, last.values());
    PreparedStatement upsert = session.prepare(session.dialect().upsertDeliveries());
    columns.numbers(upsert, 1, DeliveryRow::id);
    columns.numbers(upsert, 2, DeliveryRow::subscription);
    columns.numbers(upsert, 3, DeliveryRow::event);
    columns.texts(upsert, 4, row -> row.state().text());
    columns.integers(upsert, 5, DeliveryRow::attempts);
    columns.numbers(upsert, 6, DeliveryRow::nextAttemptAt);
    columns.integers(upsert, 7, DeliveryRow::lastStatus);
    columns.texts(upsert, 8, row -> Texts.storable(row.lastError()));
    columns.numbers(upsert, 9, DeliveryRow::timestamped);
    columns.texts(upsert, 10, row -> Texts.storable(row.response()));
    upsert.executeUpdate();
  }
}
