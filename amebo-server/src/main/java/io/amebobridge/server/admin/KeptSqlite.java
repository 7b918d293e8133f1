package io.amebobridge.server.admin;

import io.amebobridge.server.store.Schema;
import io.amebobridge.server.store.SqliteLibrary;
import io.amebobridge.server.store.SqliteLock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteOpenMode;

/** A SQLite file. */
record KeptSqlite(Path file) implements KeptDatabase {
  private static final int BUSY_MILLIS = 10_000;

  @Override
  public String engine() {
    return "sqlite";
  }

  @Override
  public String location() {
    return file.toString();
  }

  @Override
  public boolean exists() {
    return Files.exists(file);
  }

  @Override
  public Schema schema() {
    return new Schema(source(false, true), Schema.SQLITE);
  }

  @Override
  public Connection snapshot() throws SQLException {
    Connection connection = source(false, false).getConnection();
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA query_only = true");
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public Connection writable() throws SQLException {
    Connection connection = source(true, true).getConnection();
    connection.setAutoCommit(false);
    return connection;
  }

  /** One that is not in a transaction, for PRAGMA and VACUUM. */
  Connection plain() throws SQLException {
    return source(false, false).getConnection();
  }

  private SQLiteDataSource source(boolean writing, boolean create) {
    SqliteLibrary.load();
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    if (writing) {
      config.setJournalMode(SQLiteConfig.JournalMode.WAL);
      config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
      config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
      config.enforceForeignKeys(true);
    }
    if (!create) {
      config.resetOpenMode(SQLiteOpenMode.CREATE);
    }
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }

  @Override
  public Hold hold() throws IOException {
    FileChannel lock =
        SqliteLock.tryTake(file)
            .orElseThrow(
                () -> new AdminException(file + " is in use by an Amebo server; stop it first"));
    return lock::close;
  }

  @Override
  public Hold share() {
    return () -> {}; // who replaces all data puts another file in this one's place
  }

  @Override
  public void refuseServers(Connection connection) {
    // the lock on the file holds whatever happens
  }

  /** A file next to the database, by what follows its name. */
  Path beside(String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  @Override
  public String ordered(String textColumn) {
    return textColumn; // BINARY is the default
  }

  @Override
  public List<String> tables(Connection connection) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%'"
                    + " ESCAPE '\\' ORDER BY name")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  @Override
  public @Nullable String namespace(Connection connection) {
    return null;
  }

  @Override
  public void empty(Connection connection, List<String> tables) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (int i = tables.size() - 1; i >= 0; i--) { // first those that refer to others
        statement.executeUpdate("DELETE FROM " + tables.get(i));
      }
    }
  }

  @Override
  public long bytes(Connection connection) throws SQLException {
    try {
      Path wal = beside("-wal");
      return Files.size(file) + (Files.exists(wal) ? Files.size(wal) : 0);
    } catch (IOException e) {
      throw new SQLException("cannot read the size of " + file, e);
    }
  }

  @Override
  public long lastSubscription(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT seq FROM sqlite_sequence WHERE name = 'subscriptions'")) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  @Override
  public void goOnAfterSubscription(Connection connection, long id) throws SQLException {
    try (PreparedStatement delete =
            connection.prepareStatement(
                "DELETE FROM sqlite_sequence WHERE name = 'subscriptions'");
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO sqlite_sequence VALUES ('subscriptions', ?)")) {
      delete.executeUpdate();
      insert.setLong(1, id);
      insert.executeUpdate();
    }
  }

  @Override
  public void afterImport(Connection connection) {
    // SQLite takes the next id from the largest one by itself.
  }

  @Override
  public List<Path> files() {
    List<Path> files = new ArrayList<>(List.of(file, SqliteLock.of(file)));
    SqliteFiles.COMPANIONS.forEach(companion -> files.add(beside(companion)));
    return files;
  }

  @Override
  public Path backupBeforeMigration(String version, String timestamp) {
    return beside(".before-v" + version + "." + timestamp + ".db");
  }
}
