package io.amebobridge.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.amebobridge.server.Engine;
import io.amebobridge.server.OnEveryDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.slf4j.LoggerFactory;

/** Commits that throw, before or after they happened. */
@OnEveryDatabase
class DoubtfulCommitTest {
  private static final long FIXED = 1_800_000_000_000L;
  private static final LogWriter.Limits LIMITS = new LogWriter.Limits(500, 1000, 1 << 20);

  private enum Fault {
    NONE,
    BEFORE,
    AFTER,
    AFTER_AND_GONE
  }

  @Parameter Engine engine;
  @TempDir Path dir;
  private final AtomicReference<Fault> fault = new AtomicReference<>(Fault.NONE);
  private final List<Integer> told = new ArrayList<>();
  private final EventTail tail = new EventTail(100, 1 << 20, 0);
  private volatile boolean gone;
  private volatile Runnable between = () -> {};
  private final LogWriter.Listener listener =
      new LogWriter.Listener() {
        @Override
        public void committed(int events, long head, Duration took) {
          told.add(events);
        }

        @Override
        public void failed() {}
      };
  private Database database;
  private LogWriter writer;

  @BeforeEach
  void open() throws SQLException {
    Dsn dsn = Dsn.parse(engine.migratedDsn(dir));
    Store.open(dsn, LIMITS, InstantSource.system(), listener).close(); // migrated
    database = Store.database(dsn, WriterTimeouts.DEFAULT);
    told.clear();
    writer = begin();
    Registrations.make(writer);
  }

  private LogWriter begin() throws SQLException {
    return new LogWriter(
        LIMITS,
        this::connect,
        database.dialect(),
        tail,
        () -> Instant.ofEpochMilli(FIXED),
        listener);
  }

  @AfterEach
  void close() throws InterruptedException {
    writer.close(Duration.ofSeconds(10));
    database.close();
  }

  private Connection connect() throws SQLException {
    if (gone) {
      throw new SQLException("no such disk");
    }
    Connection real = database.writable();
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              Fault now = method.getName().equals("commit") ? fault.get() : Fault.NONE;
              if (now != Fault.NONE) {
                fault.set(Fault.NONE);
                gone = now == Fault.AFTER_AND_GONE;
                if (now != Fault.BEFORE) {
                  real.commit();
                }
                if (now == Fault.BEFORE) {
                  real.rollback();
                  between.run();
                }
                throw new SQLException("the commit failed");
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private CompletableFuture<List<Appended>> append(@Nullable String deduper) {
    byte[] payload = "{}".getBytes(StandardCharsets.UTF_8);
    return writer.append(List.of(new NewLogEvent(1, payload, deduper, null, null, null)));
  }

  @Test
  void aCommitThatHappenedIsAnsweredAsStored() {
    assertThat(append("a").join().get(0).id()).isEqualTo(1);
    fault.set(Fault.AFTER);
    assertThat(append("b").join().get(0).id()).isEqualTo(2);
    assertThat(append("c").join().get(0).id()).isEqualTo(3);
    assertThat(tail.head()).isEqualTo(3);
    assertThat(writer.lastFailure()).isEmpty();
  }

  @Test
  void aCommitThatDidNotHappenIsAFailureAndTheIdIsGivenAgain() {
    append("a").join();
    fault.set(Fault.BEFORE);
    assertThatThrownBy(append("b")::join).hasCauseInstanceOf(StoreException.Failed.class);
    assertThat(tail.head()).isEqualTo(1);
    assertThat(append("c").join().get(0).id()).isEqualTo(2);
  }

  /** A disk that stays full must not be told of once for each request, with a stack each. */
  @Test
  void onlyTheFirstOfFailuresInARowIsAWarning() {
    Logger logger = (Logger) LoggerFactory.getLogger(LogWriter.class);
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    logger.addAppender(said);
    try {
      for (int i = 0; i < 3; i++) {
        fault.set(Fault.BEFORE);
        assertThatThrownBy(append("a")::join).hasCauseInstanceOf(StoreException.Failed.class);
      }
    } finally {
      logger.detachAppender(said);
    }
    assertThat(said.list)
        .filteredOn(event -> event.getLevel() == Level.WARN)
        .extracting(ILoggingEvent::getMessage)
        .containsExactly(
            "A commit failed; looking at what is stored",
            "A transaction failed; nothing of it is stored");
  }

  @Test
  void aChangeWithoutEventsIsDecidedToo() {
    List<String> committed = new ArrayList<>();
    fault.set(Fault.AFTER);
    assertThat(writer.apply(setting("one", committed)).join()).isEqualTo("one");
    fault.set(Fault.BEFORE);
    assertThatThrownBy(writer.apply(setting("two", committed))::join)
        .hasCauseInstanceOf(StoreException.Failed.class);
    assertThat(committed).containsExactly("one");
  }

  @Test
  void aRunLeavesOneMarkHoweverMuchItChanges() throws Exception {
    writer.apply(session -> put(session, WriteSession.MARKS + "before/1", FIXED)).join();
    writer.apply(session -> put(session, WriteSession.MARKS + "old", 1)).join();
    writer.close(Duration.ofSeconds(10));
    writer = begin();
    for (int i = 0; i < 5; i++) {
      writer.apply(setting("s" + i, new ArrayList<>())).join();
    }
    assertThat(writer.apply(DoubtfulCommitTest::marks).join())
        .as("two runs, and one before")
        .isEqualTo(3);
  }

  private static int marks(WriteSession session) throws SQLException {
    try (var rows =
        session
            .prepare("SELECT count(*) FROM settings WHERE name LIKE 'transaction/%'")
            .executeQuery()) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private static int put(WriteSession session, String name, long value) throws SQLException {
    var insert = session.prepare("INSERT INTO settings (name, value) VALUES (?, ?)");
    insert.setString(1, name);
    insert.setString(2, String.valueOf(value));
    return insert.executeUpdate();
  }

  @Test
  void whatCannotBeDecidedIsSaidToBeUnknownAndIsNotForgotten() {
    List<String> committed = new ArrayList<>();
    append("a").join();
    fault.set(Fault.AFTER_AND_GONE);
    assertThatThrownBy(append("b")::join).hasCauseInstanceOf(StoreException.Unknown.class);
    assertThatThrownBy(append("c")::join).hasCauseInstanceOf(StoreException.Failed.class);
    gone = false;
    Appended again = append("b").join().get(0);
    assertThat(again).extracting(Appended::outcome).isEqualTo(Appended.Outcome.DUPLICATE);
    assertThat(again.id()).isEqualTo(2);
    assertThat(append("d").join().get(0).id()).isEqualTo(3);
    assertThat(tail.head()).isEqualTo(3);
    assertThat(told.stream().mapToInt(events -> events).sum()).as("deliveries woke").isEqualTo(3);
    fault.set(Fault.AFTER_AND_GONE);
    assertThatThrownBy(writer.apply(setting("one", committed))::join)
        .hasCauseInstanceOf(StoreException.Unknown.class);
    gone = false;
    append("e").join();
    assertThat(committed).containsExactly("one");
  }

  /** Whoever writes the same event at the same place is not taken for the one in doubt. */
  @Test
  void anEqualEventOfAnotherIsNoProof() throws Exception {
    Assumptions.assumeTrue(engine == Engine.POSTGRES, "one process writes to a SQLite file");
    append("a").join();
    fault.set(Fault.BEFORE);
    between = this::appendTheSameElsewhere;
    assertThatThrownBy(append(null)::join).hasCauseInstanceOf(StoreException.Failed.class);
    assertThat(append("c").join().get(0).id()).isEqualTo(3);
  }

  private void appendTheSameElsewhere() {
    try (Connection other = database.writable()) {
      WriteSession session = new WriteSession(other, database.dialect(), 0);
      session.begin(0);
      var copy =
          session.prepare(
              "INSERT INTO events (id, action_id, payload, timestamped) VALUES (2, 1, '{}', ?)");
      copy.setLong(1, FIXED);
      copy.executeUpdate();
      other.commit();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aRepeatableChangeIsToldToRepeatItself() {
    DeliveryRow row = new DeliveryRow(1, 1, DeliveryRow.State.DELIVERED, 1, null, 200, null, FIXED);
    Change<Long> change = RecordDeliveries.of(1, List.of(row, row));
    fault.set(Fault.AFTER);
    assertThatThrownBy(writer.apply(change)::join).hasCauseInstanceOf(StoreException.Failed.class);
    assertThat(writer.apply(change).join()).isEqualTo(RecordDeliveries.UNMOVED);
  }

  private static Change<String> setting(String name, List<String> committed) {
    return new Change<>() {
      @Override
      public String apply(WriteSession session) throws SQLException {
        var insert = session.prepare("INSERT INTO settings (name, value) VALUES (?, '1')");
        insert.setString(1, name);
        insert.executeUpdate();
        return name;
      }

      @Override
      public void committed(String result) {
        committed.add(result);
      }
    };
  }
}
