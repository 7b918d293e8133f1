package io.amebobridge.server.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Finds places in the log by time. Times grow with ids, so a handful of look-ups by id find a
 * place; ids may be missing where events were pruned.
 */
public final class EventsByTime {
  private static final String AT_OR_AFTER =
      "SELECT id, timestamped FROM events WHERE id >= ? ORDER BY id LIMIT 1";

  private EventsByTime() {}

  /** The id before the first event stored at or after this time; the head where there is none. */
  public static long lastBefore(WriteSession session, long millis) throws SQLException {
    PreparedStatement select = session.prepare(AT_OR_AFTER);
    long before = 0; // up to here all are older
    long after = session.head() + 1; // from here on none is
    while (after - before > 1) {
      long middle = before + (after - before) / 2;
      select.setLong(1, middle);
      try (ResultSet row = select.executeQuery()) {
        if (row.next() && row.getLong(2) < millis) {
          before = row.getLong(1);
        } else {
          after = middle;
        }
      }
    }
    return before;
  }

  /** The id before the first event in the log; the head where there is none. */
  public static long beforeFirst(WriteSession session) throws SQLException {
    PreparedStatement select = session.prepare(AT_OR_AFTER);
    select.setLong(1, 0);
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? row.getLong(1) - 1 : session.head();
    }
  }
}
