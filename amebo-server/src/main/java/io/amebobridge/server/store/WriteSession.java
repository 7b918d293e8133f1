package io.amebobridge.server.store;

import io.amebobridge.server.store.Evidence.Mark;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The writer's connection with its prepared statements. Confined to the writer's thread. */
public final class WriteSession {
  /** What the names of the settings that are marks of writers' transactions begin with. */
  public static final String MARKS = "transaction/";

  private static final long MARKS_KEPT = Duration.ofDays(1).toMillis();
  private final Connection connection;
  private final Dialect dialect;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private final long floor;
  private @Nullable String transaction;
  private long head;
  private long now;
  private long clock;

  /**
   * @param floor no id up to it is given, nor any up to a subscription's cursor or to a skip's end:
   *     where the newest events were taken out, somebody may have seen them
   */
  WriteSession(Connection connection, Dialect dialect, long floor) throws SQLException {
    this.connection = connection;
    this.dialect = dialect;
    this.floor = Math.max(floor, SkippedIds.floor(connection));
    connection.rollback();
    this.head = this.floor;
  }

  /** Begins a transaction: other writers are done, and what they committed is seen. */
  void begin(long clockMillis) throws SQLException {
    clock = clockMillis;
    PreparedStatement begin = prepare(dialect.begin());
    if (begin.execute() && dialect.arrays()) {
      begin.getMoreResults(); // the lock's own
    }
    try (ResultSet row = begin.getResultSet()) {
      row.next();
      head = Math.max(floor, row.getLong(1));
      now = Math.max(clockMillis, row.getLong(2));
      transaction = row.getString(3);
    }
  }

  /** By what the open transaction can be found again, once it has written all else. */
  Evidence evidence(List<LogEvent> stored, @Nullable Mark mark) throws SQLException {
    if (!stored.isEmpty()) {
      return new Evidence(stored.get(stored.size() - 1), transaction, null);
    }
    if (mark != null) {
      leave(mark);
    }
    return new Evidence(null, transaction, mark);
  }

  private void leave(Mark mark) throws SQLException {
    if (mark.number() == 1) {
      purge();
    }
    PreparedStatement upsert =
        prepare(
            "INSERT INTO settings (name, value) VALUES (?, ?)"
                + " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    upsert.setString(1, MARKS + mark.run());
    upsert.setString(2, now + "/" + mark.number());
    upsert.executeUpdate();
  }

  /** Takes out the marks of runs that changed nothing for long; most are over. */
  private void purge() throws SQLException {
    List<String> old = new ArrayList<>();
    PreparedStatement select =
        prepare("SELECT name, value FROM settings WHERE name LIKE '" + MARKS + "%'");
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        if (Long.parseLong(rows.getString(2).split("/", 2)[0]) < now - MARKS_KEPT) {
          old.add(rows.getString(1));
        }
      }
    }
    PreparedStatement delete = prepare("DELETE FROM settings WHERE name = ?");
    for (String name : old) {
      delete.setString(1, name);
      delete.executeUpdate();
    }
  }

  /**
   * Whether the transaction was committed. It waits until a session that may still be committing it
   * has ended; it throws where that takes too long.
   */
  boolean holds(Evidence evidence) throws SQLException {
    begin(0);
    boolean found = evidence.last() == null ? marked(evidence.mark()) : wrote(evidence);
    connection.rollback();
    return found;
  }

  private boolean marked(@Nullable Mark mark) throws SQLException {
    if (mark == null) {
      return false;
    }
    PreparedStatement select = prepare("SELECT value FROM settings WHERE name = ?");
    select.setString(1, MARKS + mark.run());
    try (ResultSet row = select.executeQuery()) {
      return row.next() && row.getString(1).endsWith("/" + mark.number());
    }
  }

  private boolean wrote(Evidence evidence) throws SQLException {
    LogEvent event = Objects.requireNonNull(evidence.last());
    PreparedStatement select = prepare(dialect.storedEvent());
    select.setLong(1, event.id());
    try (ResultSet row = select.executeQuery()) {
      return row.next()
          && Arrays.equals(row.getBytes(1), event.payload())
          && row.getLong(2) == event.timestamped()
          && Objects.equals(row.getString(3), evidence.transaction());
    }
  }

  /** A prepared statement, kept for the next use. */
  public PreparedStatement prepare(String sql) throws SQLException {
    PreparedStatement known = statements.get(sql);
    if (known == null) {
      known = connection.prepareStatement(sql);
      statements.put(sql, known);
    }
    return known;
  }

  public Dialect dialect() {
    return dialect;
  }

  /** The last event's id, counting those of the open transaction. */
  public long head() {
    return head;
  }

  /** The transaction's time in milliseconds since the epoch; never before that of an event. */
  public long now() {
    return now;
  }

  /** What this server's clock says, which decides when it makes calls. */
  long clock() {
    return clock;
  }

  void head(long id) {
    head = id;
  }

  Connection connection() {
    return connection;
  }
}
