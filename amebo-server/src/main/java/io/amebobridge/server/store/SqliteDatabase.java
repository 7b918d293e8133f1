package io.amebobridge.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;

/** A SQLite file that this process has for itself. Thread-safe. */
final class SqliteDatabase implements Database {
  private static final Logger log = LoggerFactory.getLogger(SqliteDatabase.class);
  private static final int STEPS_BETWEEN_LOOKS = 20_000; // some hundreds of microseconds
  private final Path file;
  private final FileChannel lock;

  /**
   * Locks the file; it is made where it is not there.
   *
   * @throws StoreException.Failed where another process has it
   */
  SqliteDatabase(Path file) {
    SqliteLibrary.load();
    this.file = file;
    this.lock = lock(file);
  }

  @Override
  public Dialect dialect() {
    return Dialect.sqlite();
  }

  @Override
  public DataSource migrating() {
    return dataSource(false);
  }

  @Override
  public Connection writable() throws SQLException {
    return withoutAutoCommit(dataSource(false).getConnection());
  }

  /** Takes the connection over: it is ready, or closed. */
  static Connection withoutAutoCommit(Connection connection) throws SQLException {
    try {
      connection.setAutoCommit(false);
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
    config.setDataSource(dataSource(true));
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(5_000);
    config.setConnectionInitSql("PRAGMA query_only = true");
    return new HikariDataSource(config);
  }

  @Override
  public boolean shared() {
    return false;
  }

  @Override
  public OptionalLong room() {
    File directory = file.toAbsolutePath().getParent().toFile();
    long size = directory.getTotalSpace(); // 0 where the system does not say
    return size == 0 ? OptionalLong.empty() : OptionalLong.of(directory.getUsableSpace());
  }

  @Override
  public Connection session(Duration limit) throws SQLException {
    return dataSource(true).getConnection();
  }

  /** SQLite has no time limit of its own: its progress handler looks at the clock. */
  @Override
  public <T> T limited(Connection connection, Duration limit, Supplier<T> query) {
    long began = System.nanoTime();
    boolean[] late = new boolean[1];
    ProgressHandler watch =
        new ProgressHandler() {
          @Override
          protected int progress() {
            late[0] = System.nanoTime() - began > limit.toNanos();
            return late[0] ? 1 : 0;
          }
        };
    try {
      SQLiteConnection own = connection.unwrap(SQLiteConnection.class);
      ProgressHandler.setHandler(own, STEPS_BETWEEN_LOOKS, watch);
      try {
        return query.get();
      } finally {
        ProgressHandler.clearHandler(own);
      }
    } catch (SQLException e) {
      throw new StoreException.Failed("the database failed: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw late[0] ? StoreException.Busy.tooLong(limit, e) : e;
    }
  }

  private SQLiteDataSource dataSource(boolean reading) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    config.setBusyTimeout(5_000);
    config.setJournalSizeLimit(64 << 20);
    config.setCacheSize(-32_000);
    config.enforceForeignKeys(true);
    if (reading) {
      config.setTransactionMode(SQLiteConfig.TransactionMode.DEFERRED);
    }
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }

  /** Ids are given in this process, so a second one on the same file would be fatal. */
  private static FileChannel lock(Path file) {
    try {
      return SqliteLock.tryTake(file)
          .orElseThrow(
              () ->
                  new StoreException.Failed(
                      file
                          + " is in use by another Amebo server; stop it or choose another database",
                      null));
    } catch (IOException e) {
      throw new StoreException.Failed(
          "cannot write " + SqliteLock.of(file) + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("database", file)
          .setCause(e)
          .log("The database's lock cannot be released");
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
