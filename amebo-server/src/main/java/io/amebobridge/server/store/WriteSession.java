package io.amebobridge.server.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** The writer's connection with its prepared statements. Confined to the writer's thread. */
public final class WriteSession {
  private final Connection connection;
  private final Dialect dialect;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private long head;
  private long now;

  WriteSession(Connection connection, Dialect dialect, long head) {
    this.connection = connection;
    this.dialect = dialect;
    this.head = head;
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
