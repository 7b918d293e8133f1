package io.amebobridge.server.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Keeps servers and what replaces all data of a PostgreSQL database apart: a lock of the session,
 * shared by servers and by all that reads for long, and had alone by who replaces. One for each
 * schema of a database.
 */
public final class Occupancy {
  // "ameb" in ASCII; two numbers never meet the one that orders commits.
  private static final String KEY = "(1634559330, hashtext(coalesce(current_schema(), '')))";
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private Occupancy() {}

  /** Takes it together with others, until the session ends; false: somebody has it alone. */
  public static boolean share(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_try_advisory_lock_shared" + KEY)) {
      row.next();
      return row.getBoolean(1);
    }
  }

  /**
   * Takes it alone, until it is released or the session ends. A session that was closed just now
   * may have it for another moment.
   *
   * @param connection with auto-commit
   * @return false where others have it
   */
  public static boolean takeAlone(Connection connection, Duration patience) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET lock_timeout = " + patience.toMillis());
      statement.execute("SELECT pg_advisory_lock" + KEY);
      return true;
    } catch (SQLException e) {
      if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  /** Releases it at once, where the end of a session would take a moment. */
  public static void release(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_unlock_all()");
    }
  }
}
