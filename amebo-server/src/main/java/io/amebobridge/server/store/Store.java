package io.amebobridge.server.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** An open database: one writer, readers beside it. Thread-safe. */
public final class Store implements AutoCloseable {
  private static final int TAIL_EVENTS = 1 << 14;
  private static final long TAIL_BYTES = 32L << 20;
  private static final int READERS = 4;
  private static final Duration LONGEST_LIST = Duration.ofSeconds(10);
  private static final Duration LONGEST_READ = Duration.ofMinutes(2);
  static final String DELIVERY_POOL = "amebo-delivery-readers";

  private static final String NEWEST = "SELECT coalesce(max(id), 0) FROM events";

  /** Connections for deliveries alone: however long lists take, events go out. */
  public static final int DELIVERY_READERS = 2;

  private final Database database;
  private final Incarnation incarnation;
  private final Reads lists;
  private final Reads own;
  private final LogWriter writer;
  private final EventReader events;
  private final EventReader deliveryEvents;
  private final DeliveryReader deliveries;
  private final ReplayReader replays;

  private Store(
      Database database,
      Incarnation incarnation,
      Reads lists,
      Reads own,
      LogWriter writer,
      EventTail tail,
      SkippedIds skipped) {
    this.database = database;
    this.incarnation = incarnation;
    this.lists = lists;
    this.own = own;
    this.writer = writer;
    this.events = new EventReader(lists, database.dialect(), tail, skipped);
    this.deliveryEvents = new EventReader(own, database.dialect(), tail, skipped);
    this.deliveries = new DeliveryReader(lists, own, database.dialect());
    this.replays = new ReplayReader(lists, database.dialect());
  }

  /**
   * Migrates and opens a database. A SQLite file's directory must exist, and the file is locked; a
   * PostgreSQL database must exist, and several instances may open it.
   *
   * @throws StoreException.Failed where another process has the file, the schema is newer than this
   *     program, or it cannot be opened
   */
  public static Store open(
      Dsn dsn, LogWriter.Limits limits, InstantSource clock, LogWriter.Listener listener) {
    return open(dsn, Migrations.withoutBackup(), limits, clock, listener);
  }

  /** The same with a say in what is done to the schema. */
  public static Store open(
      Dsn dsn,
      Migrations migrations,
      LogWriter.Limits limits,
      InstantSource clock,
      LogWriter.Listener listener) {
    Database database = database(dsn, WriterTimeouts.DEFAULT);
    return open(database, migrations, LONGEST_LIST, limits, clock, listener);
  }

  /** The same for a SQLite file. */
  public static Store open(
      Path file, LogWriter.Limits limits, InstantSource clock, LogWriter.Listener listener) {
    return open(new Dsn.Sqlite(file), limits, clock, listener);
  }

  static Database database(Dsn dsn, WriterTimeouts timeouts) {
    if (dsn instanceof Dsn.Postgres postgres) {
      return new PostgresDatabase(postgres, timeouts);
    }
    return new SqliteDatabase(((Dsn.Sqlite) dsn).file());
  }

  static Store open(
      Database database,
      Duration longestList,
      LogWriter.Limits limits,
      InstantSource clock,
      LogWriter.Listener listener) {
    return open(database, Migrations.withoutBackup(), longestList, limits, clock, listener);
  }

  /** Takes the database over: it is closed with the store, or at once. */
  private static Store open(
      Database database,
      Migrations migrations,
      Duration longestList,
      LogWriter.Limits limits,
      InstantSource clock,
      LogWriter.Listener listener) {
    Reads lists = null;
    Reads own = null;
    try {
      Dialect dialect = database.dialect();
      migrations.apply(database.migrating(), dialect);
      lists = new Reads(database, "amebo-readers", READERS, longestList);
      own = new Reads(database, DELIVERY_POOL, DELIVERY_READERS, LONGEST_READ);
      Incarnation incarnation;
      SkippedIds skipped;
      EventTail tail;
      try (Connection connection = database.migrating().getConnection()) {
        incarnation = Incarnation.read(connection);
        skipped = SkippedIds.read(connection);
        tail = new EventTail(TAIL_EVENTS, TAIL_BYTES, head(connection));
      }
      LogWriter.Connections checked = () -> incarnation.checked(database.writable());
      LogWriter writer = new LogWriter(limits, checked, dialect, tail, clock, listener);
      return new Store(database, incarnation, lists, own, writer, tail, skipped);
    } catch (SQLException | RuntimeException e) {
      close(lists);
      close(own);
      database.close();
      throw e instanceof StoreException known
          ? known
          : new StoreException.Failed("cannot open " + database + ": " + Schema.why(e), e);
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

  public ReplayReader replays() {
    return replays;
  }

  /** For reads off the hot path. */
  public Jdbi jdbi() {
    return lists.jdbi();
  }

  /** The last event's id as the database has it, by whatever instance; may block. */
  public long readHead() {
    return own.read(handle -> handle.createQuery(NEWEST).mapTo(Long.class).one());
  }

  /**
   * Another instance has committed up to this id, see {@link #readHead}: the known head moves
   * there, never back. True where that is news; deliveries are to be woken by the caller.
   */
  public boolean seen(long head) {
    return writer.seen(head);
  }

  /** Whether other servers may have the same database open. */
  public boolean shared() {
    return database.shared();
  }

  /**
   * A connection of the caller's own, for small statements that nobody else's work may keep
   * waiting; each is a transaction by itself.
   *
   * @param limit the longest that one of them may take, whatever the network does
   * @throws SQLException also where all data was replaced since this store was opened
   */
  public Connection session(Duration limit) throws SQLException {
    return incarnation.checked(database.session(limit));
  }

  /** How many bytes there is still room for; empty where that cannot be known. */
  public OptionalLong room() {
    return database.room();
  }

  /** Why it cannot serve now; empty where it can. May block, and writes after a failure. */
  public Optional<String> trouble() {
    if (!writer.alive()) {
      return Optional.of("the writer is not running");
    }
    try {
      // Not by the lists' connections: readiness must not hang on how long they take.
      own.read(handle -> handle.createQuery("SELECT 1").mapTo(Integer.class).one());
      if (writer.lastFailure().isPresent()) {
        writer.apply(Store::probe).get(5, TimeUnit.SECONDS);
      }
      return Optional.empty();
    } catch (ExecutionException e) {
      return Optional.of(String.valueOf(e.getCause().getMessage())); // the writer's own words
    } catch (JdbiException | StoreException | TimeoutException e) {
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
                + " ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .executeUpdate();
  }

  @Override
  public void close() {
    try {
      writer.close(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close(own);
    close(lists);
    database.close();
  }

  private static void close(@Nullable Reads reads) {
    if (reads != null) {
      reads.close();
    }
  }

  /** The newest id; a subscription stands there even where events were taken out. */
  private static long head(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(NEWEST)) {
      row.next();
      return Math.max(row.getLong(1), SkippedIds.floor(connection));
    }
  }
}
