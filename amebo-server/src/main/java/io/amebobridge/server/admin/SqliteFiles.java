package io.amebobridge.server.admin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies of SQLite databases: made while a server writes, checked, and put in place. */
final class SqliteFiles {
  private static final Logger log = LoggerFactory.getLogger(SqliteFiles.class);
  static final List<String> COMPANIONS = List.of("-wal", "-shm", "-journal");

  private SqliteFiles() {}

  /**
   * Writes one consistent state into a new file; writers go on meanwhile.
   *
   * @return the rows of each table in the copy
   */
  static Map<String, Long> copy(KeptSqlite database, Path file) throws IOException, SQLException {
    remove(Durable.partial(file));
    Path fresh = Durable.fresh(file); // which VACUUM fills, as it is empty
    try (Connection connection = database.plain();
        PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
      vacuum.setString(1, fresh.toString());
      vacuum.execute();
      Map<String, Long> counts = check(new KeptSqlite(fresh));
      Durable.move(fresh, file);
      return counts;
    } finally {
      remove(fresh);
    }
  }

  /**
   * Reads every page.
   *
   * @return the rows of each table
   * @throws AdminException where it is damaged
   */
  static Map<String, Long> check(KeptSqlite database) throws SQLException {
    try (Connection connection = database.plain();
        Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("PRAGMA integrity_check(1)")) {
        if (!row.next() || !row.getString(1).equals("ok")) {
          throw new AdminException(
              database.file() + " is damaged: " + row.getString(1).replace('\n', ' '));
        }
      }
      try (ResultSet row = statement.executeQuery("PRAGMA foreign_key_check")) {
        if (row.next()) {
          throw new AdminException(
              database.file() + " is damaged: a row of " + row.getString(1) + " refers to nothing");
        }
      }
      return counts(database, connection);
    } catch (SQLException e) {
      throw new AdminException(
          database.file() + " is not a sound SQLite database: " + e.getMessage(), e);
    }
  }

  /** The rows of each table. */
  static Map<String, Long> counts(KeptDatabase database, Connection connection)
      throws SQLException {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (String table : database.tables(connection)) {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
        row.next();
        counts.put(table, row.getLong(1));
      }
    }
    return counts;
  }

  /** Brings what is in the write-ahead log into the file, so that it stands alone. */
  static void settle(KeptSqlite database) throws SQLException {
    try (Connection connection = database.plain();
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      statement.execute("PRAGMA journal_mode = DELETE");
    }
  }

  /**
   * Puts a checked file in the database's place. What was there is kept under another name; at no
   * time is there none, or one with the other's write-ahead log.
   */
  static void replace(KeptSqlite database, Path fresh, Path aside) throws IOException {
    if (database.exists()) {
      try {
        settle(database);
      } catch (SQLException e) {
        log.warn("What is replaced could not be settled; it is kept as it is", e);
      }
      for (String companion : COMPANIONS) {
        Path file = database.beside(companion);
        if (Files.exists(file)) {
          Files.move(file, aside.resolveSibling(aside.getFileName() + companion));
        }
      }
      keep(database.file(), aside);
    }
    Durable.move(fresh, database.file());
  }

  private static void keep(Path file, Path aside) throws IOException {
    try {
      Files.createLink(aside, file);
    } catch (UnsupportedOperationException e) {
      Files.copy(file, aside);
      Durable.force(aside);
    }
  }

  /** With its companions. */
  static void remove(Path file) throws IOException {
    Files.deleteIfExists(file);
    for (String companion : COMPANIONS) {
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + companion));
    }
  }
}
