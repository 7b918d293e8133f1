package io.amebobridge.server.admin;

import io.amebobridge.server.store.Dsn;
import io.amebobridge.server.store.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** A database as its keeper reaches it, beside a server or instead of one. Thread-safe. */
interface KeptDatabase {
  /**
   * Opens nothing yet.
   *
   * @param directory where a server keeps what it does not keep in the database
   */
  static KeptDatabase of(Dsn dsn, Path directory) {
    return dsn instanceof Dsn.Postgres postgres
        ? new KeptPostgres(postgres, directory)
        : new KeptSqlite(((Dsn.Sqlite) dsn).file());
  }

  /** {@code sqlite} or {@code postgresql}. */
  String engine();

  /** Where it is, for people; without a password. */
  String location();

  /** Whether anything is there; asking creates nothing. */
  boolean exists() throws SQLException;

  Schema schema();

  /** A transaction that reads one consistent state and never writes. */
  Connection snapshot() throws SQLException;

  /** A connection that commits by hand. */
  Connection writable() throws SQLException;

  /**
   * Keeps servers and other verbs away until it is closed.
   *
   * @throws AdminException where one runs now
   */
  Hold hold() throws SQLException, IOException;

  /**
   * Keeps away who would replace all data, until it is closed; servers go on.
   *
   * @throws AdminException where that happens now
   */
  Hold share() throws SQLException;

  /** Once more, in the transaction that begins to replace. */
  void refuseServers(Connection connection) throws SQLException;

  /** Where a column's values of the table's order sort alike in every engine. */
  String ordered(String textColumn);

  /** Names of its tables. */
  List<String> tables(Connection connection) throws SQLException;

  /** The schema that tables are in, for metadata; null: none. */
  @org.jspecify.annotations.Nullable String namespace(Connection connection) throws SQLException;

  /** Takes all rows out of these tables. */
  void empty(Connection connection, List<String> tables) throws SQLException;

  /** What it takes on the disk. */
  long bytes(Connection connection) throws SQLException;

  /** The last id that a subscription ever had. */
  long lastSubscription(Connection connection) throws SQLException;

  /** The next subscription gets a higher id. */
  void goOnAfterSubscription(Connection connection, long id) throws SQLException;

  /** After rows came in with ids of their own. */
  void afterImport(Connection connection) throws SQLException;

  /** Its own files, there or not, which nothing else may be written to. */
  List<Path> files();

  /** Where a backup before a migration is put. */
  Path backupBeforeMigration(String version, String timestamp);

  /** Keeps others away. */
  @FunctionalInterface
  interface Hold extends AutoCloseable {
    @Override
    void close() throws IOException, SQLException;
  }
}
