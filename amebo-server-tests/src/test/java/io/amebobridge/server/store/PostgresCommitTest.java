package io.amebobridge.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.amebobridge.brokers.PostgresProcess;
import io.amebobridge.brokers.Relay;
import io.amebobridge.server.Engine;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The network fails exactly at COMMIT. */
class PostgresCommitTest {
  private static final LogWriter.Limits LIMITS = new LogWriter.Limits(500, 1_000, 1 << 20);
  private static final WriterTimeouts TIMEOUTS =
      new WriterTimeouts(
          Duration.ofSeconds(20),
          Duration.ofSeconds(2),
          Duration.ofSeconds(20),
          Duration.ofSeconds(1));

  private interface Fault {
    void strike() throws Exception;
  }

  private final AtomicReference<Fault> atCommit = new AtomicReference<>();
  private final EventTail tail = new EventTail(100, 1 << 20, 0);
  private String text;
  private Relay relay;
  private Database direct;
  private Database relayed;
  private LogWriter writer;

  @BeforeEach
  void open() throws Exception {
    text = Engine.POSTGRES.dsn(Path.of("."));
    int port = PostgresProcess.shared().port();
    relay = new Relay(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    Store.open(Dsn.parse(text), LIMITS, InstantSource.system(), Registrations.NOBODY).close();
    direct = Store.database(Dsn.parse(text), TIMEOUTS);
    String database = text.substring(text.lastIndexOf('/') + 1);
    relayed = Store.database(Dsn.parse(PostgresProcess.dsn(database, relay.endpoint())), TIMEOUTS);
    writer =
        new LogWriter(
            LIMITS,
            this::connect,
            direct.dialect(),
            tail,
            InstantSource.system(),
            Registrations.NOBODY);
    Registrations.make(writer);
  }

  @AfterEach
  void close() throws Exception {
    writer.close(Duration.ofSeconds(10));
    relay.close();
  }

  /** By way of the relay; while that is at fault, around it. */
  private Connection connect() throws SQLException {
    Connection real = (atCommit.get() == null ? relayed : direct).writable();
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              Fault fault = atCommit.get();
              if (method.getName().equals("commit") && fault != null) {
                fault.strike();
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private CompletableFuture<List<Appended>> append(String deduper) {
    byte[] payload = "{}".getBytes(StandardCharsets.UTF_8);
    return writer.append(List.of(new NewLogEvent(1, payload, deduper, null, null, null)));
  }

  private static void assertStored(CompletableFuture<List<Appended>> appended, long id) {
    assertThat(appended.join().get(0))
        .extracting(Appended::outcome, Appended::id)
        .containsExactly(Appended.Outcome.STORED, id);
  }

  @Test
  void aCommitWhoseAnswerIsLostIsFound() {
    assertStored(append("a"), 1);
    atCommit.set(() -> relay.loseAnswers(true));
    assertStored(append("b"), 2);
    relay.loseAnswers(false);
    atCommit.set(null);
    assertStored(append("c"), 3);
    assertThat(tail.head()).isEqualTo(3);
  }

  @Test
  void aCommitThatNeverArrivedIsAFailure() {
    assertStored(append("a"), 1);
    atCommit.set(relay::cut);
    assertThatThrownBy(append("b")::join).hasCauseInstanceOf(StoreException.Failed.class);
    atCommit.set(null);
    assertStored(append("c"), 2);
  }

  @Test
  void aCommitIsNotDecidedWhileItMayStillArrive() throws Exception {
    assertStored(append("a"), 1);
    atCommit.set(() -> relay.stall(true));
    CompletableFuture<List<Appended>> late = append("b");
    await().until(() -> waitingForTheLock() == 1); // who looks at what is stored
    assertThat(late).isNotDone();
    relay.stall(false); // and now it arrives
    assertStored(late, 2);
    atCommit.set(null);
    assertStored(append("c"), 3);
  }

  @Test
  void aCommitThatStaysAwayIsGivenUpByTheServer() throws Exception {
    assertStored(append("a"), 1);
    atCommit.set(() -> relay.stall(true));
    assertThatThrownBy(append("b")::join).hasCauseInstanceOf(StoreException.Failed.class);
    relay.stall(false); // too late
    atCommit.set(null);
    assertStored(append("c"), 2);
    assertThat(append("b").join().get(0).id()).isEqualTo(3);
  }

  private long waitingForTheLock() throws SQLException {
    try (Connection session = Engine.POSTGRES.connect(text);
        var row =
            session
                .createStatement()
                .executeQuery(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND"
                        + " database = (SELECT oid FROM pg_database WHERE datname = current_database())")) {
      row.next();
      return row.getLong(1);
    }
  }
}
