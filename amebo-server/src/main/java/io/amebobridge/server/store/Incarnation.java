package io.amebobridge.server.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Which data a database holds: another once all was replaced. A server that was cut off meanwhile
 * has the old in memory, cursors and leases too, and must not go on with them. Immutable.
 *
 * @param name empty where nothing was ever replaced
 */
record Incarnation(String name) {
  static Incarnation read(Connection connection) throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT value FROM settings WHERE name = '" + Schema.INCARNATION + "'");
        ResultSet row = select.executeQuery()) {
      return new Incarnation(row.next() ? row.getString(1) : "");
    }
  }

  /** Takes the connection over: it is to this data, or closed. */
  Connection checked(Connection connection) throws SQLException {
    try {
      if (!equals(read(connection))) {
        throw new SQLException(
            "all data of this database was replaced (amebo db restore or import) while this server"
                + " was cut off from it; restart the server");
      }
      if (!connection.getAutoCommit()) {
        connection.rollback();
      }
      return connection;
    } catch (Throwable e) {
      connection.close();
      throw e;
    }
  }
}
