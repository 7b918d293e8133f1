package io.amebobridge.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A database of a PostgreSQL server, which several instances may share. Thread-safe. */
final class PostgresDatabase implements Database {
  /** The advisory lock that keeps the order of commits: "amebo" in ASCII. */
  static final long WRITERS = 0x616d65626fL;

  private static final Logger log = LoggerFactory.getLogger(PostgresDatabase.class);
  private static final int OLDEST = 13;
  private static final String QUERY_CANCELED = "57014";
  // What is written and delivered is found by keys, whatever a young table's statistics say.
  private static final String BY_INDEX =
      "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off";
  private final Dsn.Postgres dsn;
  private final WriterTimeouts timeouts;

  /** Has the database for this server until the writer's connection does. */
  private @Nullable Connection entrance;

  /**
   * Looks whether the database can be used.
   *
   * @throws StoreException.Failed where not; it says why, and what to do
   */
  PostgresDatabase(Dsn.Postgres dsn, WriterTimeouts timeouts) {
    this.dsn = dsn;
    this.timeouts = timeouts;
    try {
      entrance = entered(dsn.dataSource(timeouts.socket()).getConnection());
    } catch (SQLException e) {
      throw new StoreException.Failed("cannot open " + dsn + ": " + dsn.reason(e), e);
    }
  }

  /** Takes the connection over: it is checked, or closed. */
  private Connection entered(Connection connection) throws SQLException {
    try {
      check(connection);
      occupy(connection);
      return connection;
    } catch (Throwable e) {
      connection.close();
      throw e;
    }
  }

  private static void occupy(Connection connection) throws SQLException {
    if (!Occupancy.share(connection)) {
      throw new SQLException(
          "all its data is being replaced (amebo db restore or import); start the server when that"
              + " is done");
    }
  }

  private void check(Connection connection) throws SQLException {
    int version = connection.getMetaData().getDatabaseMajorVersion();
    if (version < OLDEST) {
      throw refusal("PostgreSQL " + version + " is too old; use " + OLDEST + " or newer");
    }
    String encoding = setting(connection, "server_encoding");
    if (!encoding.equals("UTF8")) {
      throw refusal("its encoding is " + encoding + "; create the database WITH ENCODING 'UTF8'");
    }
    if (setting(connection, "transaction_read_only").equals("on")) {
      throw refusal(
          "it can only be read (a standby, or default_transaction_read_only);"
              + " name the primary, or several hosts with targetServerType=primary");
    }
    if (setting(connection, "fsync").equals("off")) {
      log.atWarn()
          .addKeyValue("database", dsn)
          .log("The database runs with fsync=off: what it acknowledges may be lost");
    }
  }

  private StoreException.Failed refusal(String why) {
    return new StoreException.Failed("cannot open " + dsn + ": " + why, null);
  }

  private static String setting(Connection connection, String name) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW " + name)) {
      row.next();
      return row.getString(1);
    }
  }

  @Override
  public Dialect dialect() {
    return Dialect.postgres();
  }

  @Override
  public DataSource migrating() {
    return dsn.dataSource(Duration.ZERO);
  }

  @Override
  public Connection writable() throws SQLException {
    Connection connection =
        SqliteDatabase.withoutAutoCommit(dsn.dataSource(timeouts.socket()).getConnection());
    try (Statement statement = connection.createStatement()) {
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      statement.execute(
          BY_INDEX
              + "; SET lock_timeout = "
              + timeouts.lock().toMillis()
              + "; SET statement_timeout = "
              + timeouts.statement().toMillis()
              + "; SET idle_in_transaction_session_timeout = "
              + timeouts.idle().toMillis()
              // Stronger settings stay.
              + "; SELECT set_config('synchronous_commit', 'on', false)"
              + " WHERE current_setting('synchronous_commit') = 'off'");
      occupy(connection);
      connection.commit();
      leaveEntrance();
      return connection;
    } catch (Throwable e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public HikariDataSource readers(String name, int size, Duration limit) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setDataSource(dsn.dataSource(limit.plusSeconds(15)));
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(5_000);
    boolean hot = name.equals(Store.DELIVERY_POOL);
    config.setConnectionInitSql(
        (hot ? BY_INDEX + "; " : "")
            + "SET default_transaction_read_only = on; SET statement_timeout = "
            + limit.toMillis());
    return new HikariDataSource(config);
  }

  @Override
  public boolean shared() {
    return true;
  }

  @Override
  public OptionalLong room() {
    return OptionalLong.empty();
  }

  @Override
  public Connection session(Duration limit) throws SQLException {
    // The driver counts whole seconds, and 0 is for ever.
    Connection connection = dsn.dataSource(limit.plusSeconds(1)).getConnection();
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET jit = off; SET statement_timeout = " + limit.toMillis());
      return connection;
    } catch (Throwable e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public <T> T limited(Connection connection, Duration limit, Supplier<T> query) {
    try {
      return query.get();
    } catch (RuntimeException e) {
      SQLException cause = sqlCause(e);
      throw cause != null && QUERY_CANCELED.equals(cause.getSQLState())
          ? StoreException.Busy.tooLong(limit, e)
          : e;
    }
  }

  private static @Nullable SQLException sqlCause(Throwable e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }

  private synchronized void leaveEntrance() {
    Connection before = entrance;
    entrance = null;
    if (before != null) {
      try {
        before.close();
      } catch (SQLException e) {
        log.debug("A connection could not be closed", e);
      }
    }
  }

  @Override
  public void close() {
    leaveEntrance();
  }

  @Override
  public String toString() {
    return dsn.toString();
  }
}
