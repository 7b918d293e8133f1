package io.amebobridge.server.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** The writer's connection with its prepared statements. Confined to the writer's thread. */
public final class WriteSession {
  /** The newest id; a subscription stands there even where events were taken out. */
  static final String HEAD =
      "SELECT max(coalesce((SELECT max(id) FROM events), 0),"
          + " coalesce((SELECT max(cursor) FROM subscriptions), 0))";

  private static final String MARK =
      "INSERT INTO settings (name, value) VALUES ('transaction', ?)"
          + " ON CONFLICT (name) DO UPDATE SET value = excluded.value";
  private static final String MARKED = "SELECT value FROM settings WHERE name = 'transaction'";
  private final Connection connection;
  private final Dialect dialect;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private long head;
  private long now;

  WriteSession(Connection connection, Dialect dialect) throws SQLException {
    this.connection = connection;
    this.dialect = dialect;
    readHead();
    connection.rollback();
  }

  /** Takes the head from the database. */
  void readHead() throws SQLException {
    try (ResultSet row = prepare(HEAD).executeQuery()) {
      row.next();
      head = row.getLong(1);
    }
  }

  /** Leaves the open transaction's mark, by which it can be found again. */
  void mark(String text) throws SQLException {
    PreparedStatement upsert = prepare(MARK);
    upsert.setString(1, text);
    upsert.executeUpdate();
  }

  /** Whether the transaction with this mark is the last one that was committed. */
  boolean marked(String text) throws SQLException {
    boolean found;
    try (ResultSet row = prepare(MARKED).executeQuery()) {
      found = row.next() && text.equals(row.getString(1));
    }
    connection.rollback();
    return found;
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

  /** The transaction's time in milliseconds since the epoch. */
  public long now() {
    return now;
  }

  void head(long id) {
    head = id;
  }

  void now(long millis) {
    now = millis;
  }

  Connection connection() {
    return connection;
  }
}
