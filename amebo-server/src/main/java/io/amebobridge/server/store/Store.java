package io.amebobridge.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** An open database: one writer, readers beside it. Thread-safe. */
public final class Store implements AutoCloseable {
  private static final int TAIL_EVENTS = 1 << 14;
  private static final long TAIL_BYTES = 32L << 20;
  private static final int READERS = 4;

  /** Connections for deliveries alone: however long lists take, events go out. */
  public static final int DELIVERY_READERS = 2;

  private final FileChannel lock;
  private final HikariDataSource readers;
  private final HikariDataSource deliveryReaders;
  private final Jdbi jdbi;
  private final LogWriter writer;
  private final EventReader events;
  private final EventReader deliveryEvents;
  private final DeliveryReader deliveries;
  private final DeliveryReader openDeliveries;
  private final ReplayReader replays;

  private Store(
      FileChannel lock,
      HikariDataSource readers,
      HikariDataSource deliveryReaders,
      LogWriter writer,
      EventTail tail) {
    this.lock = lock;
    this.readers = readers;
    this.deliveryReaders = deliveryReaders;
    this.jdbi = Jdbi.create(readers);
    this.writer = writer;
    this.events = new EventReader(jdbi, Dialect.sqlite(), tail);
    Jdbi apart = Jdbi.create(deliveryReaders);
    this.deliveryEvents = new EventReader(apart, Dialect.sqlite(), tail);
    this.deliveries = new DeliveryReader(jdbi, Dialect.sqlite());
    this.openDeliveries = new DeliveryReader(apart, Dialect.sqlite());
    this.replays = new ReplayReader(jdbi, Dialect.sqlite());
  }

  /**
   * Locks, migrates and opens a SQLite file; its directory must exist.
   *
   * @throws StoreException.Failed where another process has it, it is newer than this program, or
   *     it cannot be opened
   */
  public static Store open(
      Path file, LogWriter.Limits limits, InstantSource clock, LogWriter.Listener listener) {
    FileChannel lock = lock(file);
    HikariDataSource readers = null;
    try {
      Migrations.run(dataSource(file, false), Dialect.sqlite());
      EventTail tail = new EventTail(TAIL_EVENTS, TAIL_BYTES, head(file));
      LogWriter writer =
          new LogWriter(limits, () -> writable(file), Dialect.sqlite(), tail, clock, listener);
      readers = readers(file, "amebo-readers", READERS);
      return new Store(
          lock, readers, readers(file, "amebo-delivery-readers", DELIVERY_READERS), writer, tail);
    } catch (SQLException | RuntimeException e) {
      close(lock, readers);
      throw e instanceof StoreException known
          ? known
          : new StoreException.Failed("cannot open " + file + ": " + e.getMessage(), e);
    }
  }

  public LogWriter writer() {
    return writer;
  }

  public EventReader events() {
    return events;
  }

  /** The same log, read by connections of its own. */
  public EventReader deliveryEvents() {
    return deliveryEvents;
  }

  public DeliveryReader deliveries() {
    return deliveries;
  }

  /** The same, read by the connections for deliveries. */
  public DeliveryReader openDeliveries() {
    return openDeliveries;
  }

  public ReplayReader replays() {
    return replays;
  }

  /** For reads off the hot path. */
  public Jdbi jdbi() {
    return jdbi;
  }

  /** Why it cannot serve now; empty where it can. May block, and writes after a failure. */
  public Optional<String> trouble() {
    if (!writer.alive()) {
      return Optional.of("the writer is not running");
    }
    try {
      jdbi.useHandle(handle -> handle.createQuery("SELECT 1").mapTo(Integer.class).one());
      if (writer.lastFailure().isPresent()) {
        writer.apply(Store::probe).get(5, TimeUnit.SECONDS);
      }
      return Optional.empty();
    } catch (JdbiException | ExecutionException | TimeoutException e) {
      return Optional.of("the database does not answer: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  private static int probe(WriteSession session) throws SQLException {
    return session
        .prepare(
            "INSERT INTO settings (name, value) VALUES ('probe', '1')"
                + " ON CONFLICT (name) DO UPDATE SET value = settings.value + 1")
        .executeUpdate();
  }

  @Override
  public void close() {
    try {
      writer.close(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    deliveryReaders.close();
    close(lock, readers);
  }

  private static void close(FileChannel lock, @Nullable HikariDataSource readers) {
    if (readers != null) {
      readers.close();
    }
    try {
      lock.close();
    } catch (IOException e) {
      throw new StoreException.Failed("cannot release the database's lock", e);
    }
  }

  /** Ids are given in this process, so a second one on the same file would be fatal. */
  private static FileChannel lock(Path file) {
    Path path = file.resolveSibling(file.getFileName() + ".lock");
    try {
      Files.createDirectories(path.toAbsolutePath().getParent());
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(channel) == null) {
        channel.close();
        throw new StoreException.Failed(
            file + " is in use by another Amebo server; stop it or choose another database", null);
      }
      return channel;
    } catch (IOException e) {
      throw new StoreException.Failed("cannot write " + path + ": " + e.getMessage(), e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // this very process has it
    }
  }

  private static long head(Path file) throws SQLException {
    try (Connection connection = dataSource(file, true).getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(WriteSession.HEAD)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static Connection writable(Path file) throws SQLException {
    return writable(dataSource(file, false).getConnection());
  }

  /** Takes the connection over: it is ready, or closed. */
  static Connection writable(Connection connection) throws SQLException {
    try {
      connection.setAutoCommit(false);
      return connection;
    } catch (Throwable e) {
      connection.close();
      throw e;
    }
  }

  private static HikariDataSource readers(Path file, String name, int size) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setDataSource(dataSource(file, true));
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(5_000);
    config.setConnectionInitSql("PRAGMA query_only = true");
    return new HikariDataSource(config);
  }

  private static SQLiteDataSource dataSource(Path file, boolean reading) {
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
}
