package io.amebobridge.server.store;

import io.amebobridge.client.SourceCoordinates;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Appends events inside the writer's transaction, and recognises duplicates. */
final class EventAppender {
  private static final String FIRST_OF_DEDUPER =
      "SELECT id, payload, timestamped FROM events WHERE deduper = ? AND action_id = ?";
  private static final ObjectMapper JSON = JsonMapper.shared();

  private EventAppender() {}

  /** Adds what was stored to {@code stored}. */
  static Appended append(WriteSession session, NewLogEvent event, List<LogEvent> stored)
      throws SQLException {
    long id = session.head() + 1;
    PreparedStatement insert = session.prepare(session.dialect().insertEvent());
    insert.setLong(1, id);
    insert.setLong(2, event.actionId());
    insert.setString(3, event.deduper());
    insert.setBytes(4, event.payload());
    insert.setString(5, event.key());
    bind(insert, event.source());
    setLong(insert, 10, event.sleepUntil());
    insert.setLong(11, session.now());
    insert.setString(12, event.traceparent());
    if (insert.executeUpdate() == 0) {
      return known(session, event);
    }
    session.head(id);
    stored.add(LogEvent.of(id, event, session.now()));
    return new Appended(Appended.Outcome.STORED, id, session.now());
  }

  private static void bind(PreparedStatement insert, @Nullable SourceCoordinates source)
      throws SQLException {
    insert.setString(6, source == null ? null : source.system());
    insert.setString(7, source == null ? null : source.stream());
    Integer partition = source == null ? null : source.partition();
    setLong(insert, 8, partition == null ? null : Long.valueOf(partition));
    setLong(insert, 9, source == null ? null : source.offset());
  }

  private static void setLong(PreparedStatement statement, int index, @Nullable Long value)
      throws SQLException {
    if (value == null) {
      statement.setNull(index, Types.INTEGER);
    } else {
      statement.setLong(index, value);
    }
  }

  private static Appended known(WriteSession session, NewLogEvent event) throws SQLException {
    PreparedStatement select = session.prepare(FIRST_OF_DEDUPER);
    select.setString(1, event.deduper());
    select.setLong(2, event.actionId());
    try (ResultSet rows = select.executeQuery()) {
      if (!rows.next()) {
        throw new SQLException(
            "an insert was refused as a duplicate of an event that is not there");
      }
      Appended.Outcome outcome =
          samePayload(rows.getBytes(2), event.payload())
              ? Appended.Outcome.DUPLICATE
              : Appended.Outcome.CONFLICT;
      return new Appended(outcome, rows.getLong(1), rows.getLong(3));
    }
  }

  /** Equal text, or equal as JSON: a producer may order or space its fields anew. */
  private static boolean samePayload(byte[] first, byte[] second) {
    if (Arrays.equals(first, second)) {
      return true;
    }
    try {
      return JSON.readTree(first).equals(JSON.readTree(second));
    } catch (JacksonException e) {
      return false;
    }
  }
}
