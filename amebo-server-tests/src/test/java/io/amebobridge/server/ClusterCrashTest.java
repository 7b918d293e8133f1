package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two servers on one database, of which one is killed or frozen. */
class ClusterCrashTest {
  private static final int SUBSCRIPTIONS = 4;
  private static final int BEFORE = 300;
  private static final int AFTER = 600;

  /** Calls in flight, and answers that are not yet written: a driver begins no more. */
  private static final int MOST_REPEATED = 5 * Peer.WINDOW;

  static {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60)); // machines that build are busy
  }

  @TempDir Path dir;
  private String dsn;
  private Receiver receiver;
  private final Set<String> acked = ConcurrentHashMap.newKeySet();
  private final AtomicInteger sequence = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();

  @BeforeEach
  void open() throws Exception {
    dsn = Engine.POSTGRES.migratedDsn(dir);
    receiver = new Receiver();
  }

  @AfterEach
  void close() {
    receiver.close();
  }

  @Test
  void whatIsAcknowledgedIsDeliveredThoughOneIsKilled() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try (Peer first = Peer.start(dsn, dir);
        Peer second = Peer.start(dsn, dir)) {
      Wire a = first.admin();
      Wire b = second.admin();
      Fixture.register(a, receiver.url());
      for (int i = 0; i < SUBSCRIPTIONS; i++) {
        subscribe(a, "/h" + i);
      }
      await().until(() -> isSharedOut(holderOf(b))); // and stays so: none is moved without need
      Map<Long, String> before = holderOf(b);
      String killed = a.get("/v1/status").json().path("instance").asString();
      threads.execute(() -> publish(List.of(a, b)));
      threads.execute(() -> publish(List.of(b, a)));
      await().until(() -> acked.size() >= BEFORE);
      first.kill9();
      await().until(() -> acked.size() >= AFTER);
      await().until(() -> holders(b).size() == 1 && !holders(b).contains(killed));
      over.set(true);
      threads.shutdown();
      assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

      Map<String, Long> stored = stored(b);
      assertThat(stored.keySet()).containsAll(acked);
      for (int i = 0; i < SUBSCRIPTIONS; i++) {
        String handler = "/h" + i;
        await()
            .untilAsserted(
                () ->
                    assertThat(new HashSet<>(events(handler)))
                        .as(() -> handler + "\n" + second.log())
                        .containsAll(stored.values()));
        int repeated = events(handler).size() - new HashSet<>(events(handler)).size();
        boolean driven = before.getOrDefault(i + 1L, "").equals(killed);
        assertThat(repeated)
            .as("%s, driven by the one that was killed: %s", handler, driven)
            .isLessThanOrEqualTo(driven ? MOST_REPEATED : 0);
      }
      await().untilAsserted(() -> assertThat(states()).isEqualTo(allDelivered(stored.size())));
    } finally {
      over.set(true);
      threads.shutdownNow();
    }
  }

  @Test
  void oneThatWasFrozenCannotOverwriteWhatTheOtherHasDone() throws Exception {
    CountDownLatch frozen = new CountDownLatch(1);
    Set<Long> late = ConcurrentHashMap.newKeySet();
    try (Peer first = Peer.start(dsn, dir)) {
      Wire a = first.admin();
      Fixture.register(a, receiver.url());
      subscribe(a, "/hook");
      await().until(() -> holders(a).size() == 1);
      // The first calls are answered once their caller is frozen, and with a failure.
      receiver.answer(
          call -> {
            if (late.size() < Peer.WINDOW && late.add(call.event())) {
              awaitQuietly(frozen);
              return Receiver.Answer.of(500);
            }
            return Receiver.Answer.of(200);
          });
      for (int i = 0; i < 20; i++) {
        publish(a, "a" + i);
      }
      await().until(() -> late.size() == Peer.WINDOW);
      try (AmeboServer other = AmeboServer.start(Peer.config(dsn).withCluster(Peer.QUICK))) {
        Wire b = Wire.admin(other);
        first.freeze();
        frozen.countDown();
        for (int i = 0; i < 20; i++) {
          publish(b, "b" + i);
        }
        await().untilAsserted(() -> assertThat(states()).isEqualTo(allDelivered(40)));
        long cursor = number("SELECT cursor FROM subscriptions");
        long token = number("SELECT token FROM leases");
        int calls = receiver.calls().size();
        first.thaw();
        await().until(() -> first.log().contains("was not heard of in time"));
        await()
            .until(
                () ->
                    number(
                            "SELECT count(*) FROM instances WHERE NOT leaving"
                                + " AND expires_at > clock_timestamp()")
                        == 2);
        publish(a, "c");
        publish(b, "d");
        await().untilAsserted(() -> assertThat(states()).isEqualTo(allDelivered(42)));
        await().until(() -> number("SELECT cursor FROM subscriptions") >= cursor + 2);
        assertThat(number("SELECT token FROM leases")).as("it stays where it is").isEqualTo(token);
        assertThat(number("SELECT count(*) FROM deliveries WHERE last_status <> 200")).isZero();
        assertThat(receiver.calls()).as("the one that was frozen began no call").hasSize(calls + 2);
      }
    }
  }

  private void subscribe(Wire wire, String handler) {
    Fixture.expect(
        201,
        wire.post(
            "/v1/subscriptions",
            "{\"application\":\"mailer\",\"action\":\"user.*\",\"handler\":\""
                + handler
                + "\",\"secret\":\""
                + Fixture.OTHER_SECRET
                + "\",\"max_retries\":100}"));
  }

  private static void publish(Wire wire, String deduper) {
    Fixture.expect(
        201, wire.post("/v1/events", Fixture.event("user.created", deduper, "{\"id\":1}")));
  }

  /** Each event until it is acknowledged, by the other server where the one does not answer. */
  private void publish(List<Wire> wires) {
    while (!over.get()) {
      String deduper = "e" + sequence.incrementAndGet();
      for (int attempt = 0; !over.get() && !acked.contains(deduper); attempt++) {
        try {
          publish(wires.get(attempt % 2), deduper);
          acked.add(deduper);
        } catch (RuntimeException | AssertionError e) {
          // killed under us, or it could not store it: the same event again
        }
      }
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Long> events(String handler) {
    return receiver.calls().stream()
        .filter(call -> call.path().equals(handler))
        .map(Receiver.Call::event)
        .toList();
  }

  private static Map<Long, String> holderOf(Wire wire) {
    Map<Long, String> all = new HashMap<>();
    for (JsonNode row : wire.get("/v1/status").json().path("subscriptions")) {
      all.put(row.path("subscription").asLong(), row.path("holder").asString(""));
    }
    return all;
  }

  private static boolean isSharedOut(Map<Long, String> holders) {
    Set<String> two = new HashSet<>(holders.values());
    return holders.size() == SUBSCRIPTIONS
        && two.size() == 2
        && !two.contains("")
        && two.stream()
            .allMatch(one -> Collections.frequency(holders.values(), one) == SUBSCRIPTIONS / 2);
  }

  private static Set<String> holders(Wire wire) {
    return holderOf(wire).values().stream().filter(h -> !h.isEmpty()).collect(Collectors.toSet());
  }

  private static Map<String, Long> stored(Wire wire) {
    Map<String, Long> all = new HashMap<>();
    long last = 0;
    while (true) {
      JsonNode page = wire.get("/v1/events?limit=1000&after=" + last).json();
      if (page.isEmpty()) {
        return all;
      }
      for (JsonNode row : page) {
        last = row.path("event").asLong();
        all.put(row.path("deduper").asString(), last);
      }
    }
  }

  private Map<String, Long> allDelivered(long events) throws SQLException {
    return Map.of("delivered", events * number("SELECT count(*) FROM subscriptions"));
  }

  private Map<String, Long> states() throws SQLException {
    Map<String, Long> all = new HashMap<>();
    try (Connection connection = Engine.POSTGRES.connect(dsn);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT state, count(*) FROM deliveries GROUP BY state")) {
      while (rows.next()) {
        all.put(rows.getString(1), rows.getLong(2));
      }
    }
    return all;
  }

  private long number(String sql) throws SQLException {
    try (Connection connection = Engine.POSTGRES.connect(dsn);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
