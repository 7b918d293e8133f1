package io.amebobridge.server.admin;

import io.amebobridge.server.store.Dsn;
import io.amebobridge.server.store.Occupancy;
import io.amebobridge.server.store.Schema;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL database, and in it the first schema of the search path. */
final class KeptPostgres implements KeptDatabase {
  private static final Duration FOR_EVER = Duration.ZERO; // a table may take hours
  private static final Duration LAST_MOMENTS = Duration.ofSeconds(5);
  private final Dsn.Postgres dsn;
  private final Path directory;

  KeptPostgres(Dsn.Postgres dsn, Path directory) {
    this.dsn = dsn;
    this.directory = directory;
  }

  @Override
  public String engine() {
    return "postgresql";
  }

  @Override
  public String location() {
    return dsn.toString();
  }

  @Override
  public boolean exists() throws SQLException {
    try (Connection connection = open()) {
      return connection.isValid(5);
    }
  }

  @Override
  public Schema schema() {
    return new Schema(dsn.dataSource(FOR_EVER), Schema.POSTGRESQL);
  }

  @Override
  public Connection snapshot() throws SQLException {
    Connection connection = open();
    try (Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public Connection writable() throws SQLException {
    Connection connection = open();
    connection.setAutoCommit(false);
    return connection;
  }

  private Connection open() throws SQLException {
    try {
      return dsn.dataSource(FOR_EVER).getConnection();
    } catch (SQLException e) {
      throw new SQLException(dsn.reason(e), e.getSQLState(), e);
    }
  }

  @Override
  public Hold hold() throws SQLException {
    Connection connection = open();
    try {
      if (tables(connection).contains("instances")) {
        refuseInstances(connection); // which says more than the lock
      }
      if (!Occupancy.takeAlone(connection, LAST_MOMENTS)) {
        throw new AdminException(
            dsn + " is in use by an Amebo server or another amebo db verb; stop it first");
      }
      return kept(connection);
    } catch (Throwable e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public Hold share() throws SQLException {
    Connection connection = open();
    try {
      if (!Occupancy.share(connection)) {
        throw new AdminException(
            "another amebo db verb replaces all data of " + dsn + "; wait until it is done");
      }
      return kept(connection);
    } catch (Throwable e) {
      connection.close();
      throw e;
    }
  }

  /** However long it is idle. */
  private static Hold kept(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "SELECT set_config('idle_session_timeout', '0', false) FROM pg_settings"
              + " WHERE name = 'idle_session_timeout'"); // from version 14
    }
    return () -> {
      try (connection) {
        Occupancy.release(connection);
      }
    };
  }

  /** None joins before the transaction ends, not even one of a release that knows no such lock. */
  @Override
  public void refuseServers(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLE instances IN SHARE MODE");
    }
    refuseInstances(connection);
  }

  private void refuseInstances(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM instances WHERE expires_at > clock_timestamp()")) {
      row.next();
      if (row.getInt(1) > 0) {
        throw new AdminException(
            dsn + " is in use by " + row.getInt(1) + " Amebo server(s); stop them first");
      }
    }
  }

  @Override
  public String ordered(String textColumn) {
    return textColumn + " COLLATE \"C\"";
  }

  @Override
  public List<String> tables(Connection connection) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT table_name FROM information_schema.tables WHERE table_schema ="
                    + " current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  @Override
  public @Nullable String namespace(Connection connection) throws SQLException {
    return connection.getSchema();
  }

  @Override
  public void empty(Connection connection, List<String> tables) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("TRUNCATE " + String.join(", ", tables));
    }
  }

  @Override
  public long bytes(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c"
                    + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                    + " WHERE n.nspname = current_schema() AND c.relkind = 'r'")) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public void afterImport(Connection connection) throws SQLException {
    for (String table : List.of("applications", "actions", "subscriptions", "replays")) {
      try (Statement statement = connection.createStatement()) {
        String restart;
        try (ResultSet row =
            statement.executeQuery(
                "SELECT 'ALTER SEQUENCE ' || pg_get_serial_sequence('"
                    + table
                    + "', 'id') || ' RESTART WITH ' || coalesce(max(id), 0) + 1 FROM "
                    + table)) {
          row.next();
          restart = row.getString(1);
        }
        statement.execute(restart); // unlike setval, undone where the transaction is
      }
    }
  }

  /** Of a sequence, as a row that was deleted is not to be seen. */
  @Override
  public long lastSubscription(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      String sequence;
      try (ResultSet row =
          statement.executeQuery("SELECT pg_get_serial_sequence('subscriptions', 'id')")) {
        row.next();
        sequence = row.getString(1);
      }
      try (ResultSet row =
          statement.executeQuery(
              "SELECT greatest((SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END"
                  + " FROM "
                  + sequence
                  + "), (SELECT coalesce(max(id), 0) FROM subscriptions))")) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  @Override
  public void goOnAfterSubscription(Connection connection, long id) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // Unlike setval, undone where the transaction is.
      statement.execute("ALTER TABLE subscriptions ALTER COLUMN id RESTART WITH " + (id + 1));
    }
  }

  @Override
  public List<Path> files() {
    return List.of();
  }

  @Override
  public Path backupBeforeMigration(String version, String timestamp) {
    return directory.resolve(
        dsn.database() + ".before-v" + version + "." + timestamp + ".ndjson.gz");
  }
}
