package io.amebobridge.server.admin;

import io.amebobridge.server.store.Schema;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL database, and in it the first schema of the search path. */
final class PostgresDatabase implements Database {
  private final String url;
  private final String location;
  private final String name;
  private final Properties login = new Properties();

  /** {@code postgresql://user:password@host:port/database?options}. */
  PostgresDatabase(String dsn) {
    URI uri = URI.create(dsn);
    String path = uri.getPath();
    if (uri.getHost() == null || path == null || path.length() < 2) {
      throw new IllegalArgumentException(
          "dsn: got a PostgreSQL address without a host or a database, allowed:"
              + " postgresql://user:password@host:port/database");
    }
    String address = uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + path;
    this.name = path.substring(1);
    this.location = "postgresql://" + address;
    this.url =
        "jdbc:postgresql://" + address + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    String user = uri.getRawUserInfo();
    if (user != null) {
      String[] parts = user.split(":", 2);
      login.setProperty("user", decoded(parts[0]));
      if (parts.length == 2) {
        login.setProperty("password", decoded(parts[1]));
      }
    }
  }

  static boolean isDsn(String dsn) {
    return dsn.startsWith("postgresql://") || dsn.startsWith("postgres://");
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String engine() {
    return "postgresql";
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public boolean exists() throws SQLException {
    try (Connection connection = open()) {
      return connection.isValid(5);
    }
  }

  @Override
  public Schema schema() {
    return new Schema(new Source(this), Schema.POSTGRESQL);
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
    return DriverManager.getConnection(url, login);
  }

  /** Refuses where a server lives; one that starts later refuses an unfinished import by itself. */
  @Override
  public Hold hold() throws SQLException {
    try (Connection connection = open();
        Statement statement = connection.createStatement()) {
      if (tables(connection).contains("instances")) {
        try (ResultSet row =
            statement.executeQuery("SELECT count(*) FROM instances WHERE expires_at > now()")) {
          row.next();
          if (row.getInt(1) > 0) {
            throw new AdminException(
                location + " is in use by " + row.getInt(1) + " Amebo server(s); stop them first");
          }
        }
      }
    }
    return () -> {};
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
    for (String table : List.of("applications", "actions", "subscriptions")) {
      try (Statement statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery(
                  "SELECT setval(pg_get_serial_sequence('"
                      + table
                      + "', 'id'), coalesce(max(id), 0) + 1, false) FROM "
                      + table)) {
        row.next();
      }
    }
  }

  @Override
  public Path backupBeforeMigration(String version, String timestamp) {
    return Path.of("data", name + ".before-v" + version + "." + timestamp + ".ndjson.gz")
        .toAbsolutePath();
  }

  /** Connections for Flyway. */
  private record Source(PostgresDatabase database) implements DataSource {
    @Override
    public Connection getConnection() throws SQLException {
      return database.open();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      throw new SQLFeatureNotSupportedException();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
      return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
      return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
      throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      throw new SQLException("not a " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }
}
