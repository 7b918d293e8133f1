package io.amebobridge.server.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;

/**
 * Writes what happened to a subscription's deliveries, and its cursor, together.
 *
 * @param cursor every matching event up to it has a row, counting these
 * @param reached no row is for an event beyond it
 */
public record RecordDeliveries(long subscription, List<DeliveryRow> rows, long cursor, long reached)
    implements Change<Long> {
  @Override
  public Long apply(WriteSession session) throws SQLException {
    PreparedStatement upsert = session.prepare(session.dialect().upsertDelivery());
    for (DeliveryRow row : rows) {
      upsert.setLong(1, row.id());
      upsert.setLong(2, row.subscription());
      upsert.setLong(3, row.event());
      upsert.setString(4, row.state().text());
      upsert.setInt(5, row.attempts());
      setNumber(upsert, 6, row.nextAttemptAt());
      setNumber(upsert, 7, row.lastStatus());
      upsert.setString(8, row.lastError());
      upsert.setLong(9, row.timestamped());
      upsert.setString(10, row.response());
      upsert.executeUpdate();
    }
    PreparedStatement advance = session.prepare(session.dialect().advanceCursor());
    advance.setLong(1, cursor);
    advance.setLong(2, reached);
    advance.setLong(3, subscription);
    advance.executeUpdate();
    return cursor;
  }

  private static void setNumber(
      PreparedStatement statement, int index, @org.jspecify.annotations.Nullable Number value)
      throws SQLException {
    if (value == null) {
      statement.setNull(index, Types.INTEGER);
    } else {
      statement.setLong(index, value.longValue());
    }
  }
}
