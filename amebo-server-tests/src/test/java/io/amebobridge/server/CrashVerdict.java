package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Holds what was sent, stored and delivered against each other, when all is over. */
final class CrashVerdict {
  /** What the subscriptions at these paths subscribe to. */
  static final Map<String, String> SUBSCRIPTIONS =
      Map.of("/all", "user.*", CountedDeliveries.ORDERED, "user.*", "/deleted", "user.deleted");

  /** Calls in flight, and four windows of answers that are not yet written. */
  private static final int MOST_REPEATED = 5 * ServerProcess.WINDOW;

  /** How often a life of the server was broken off, so that it may have repeated calls. */
  interface Breaks {
    int of(int life);
  }

  private final SentEvents sent;
  private final CountedDeliveries deliveries;
  private final Wire admin;
  private final Map<String, Set<Long>> wanted = new TreeMap<>();
  private int stored;
  private int unknownStored;
  private int unknownLost;
  private int refused;
  private int repeated;
  private int mostRepeated;

  /** Reads the log, which must have what was acknowledged and nothing that was not sent. */
  CrashVerdict(SentEvents sent, CountedDeliveries deliveries, Wire admin) {
    this.sent = sent;
    this.deliveries = deliveries;
    SUBSCRIPTIONS.keySet().forEach(path -> wanted.put(path, new HashSet<>()));
    this.admin = admin;
    readLog();
  }

  private void readLog() {
    Map<String, Long> found = new HashMap<>();
    long last = 0;
    while (true) {
      JsonNode page = Fixture.expect(200, admin.get("/v1/events?limit=1000&after=" + last)).json();
      if (page.isEmpty()) {
        break;
      }
      for (JsonNode row : page) {
        long id = row.path("event").asLong();
        assertThat(id).as("ids are gapless").isEqualTo(last + 1);
        last = id;
        stored(row, id);
        assertThat(found.put(row.path("deduper").asString(), id)).as("%s twice", row).isNull();
      }
    }
    stored = found.size();
    sent.fates().forEach((deduper, fate) -> judge(deduper, fate, found.get(deduper)));
    assertThat(sent.fates()).containsKeys(found.keySet().toArray(String[]::new));
  }

  private void stored(JsonNode row, long id) {
    String deduper = row.path("deduper").asString();
    SentEvents.Fate fate = sent.fates().get(deduper);
    assertThat(fate).as("sent: %s", row).isNotNull();
    assertThat(row.path("payload"))
        .as(deduper)
        .isEqualTo(JsonMapper.shared().readTree(fate.payload()));
    SUBSCRIPTIONS.forEach(
        (path, action) -> {
          if (action.endsWith("*") || action.equals(row.path("action").asString())) {
            wanted.get(path).add(id);
          }
        });
  }

  private void judge(String deduper, SentEvents.Fate fate, Long id) {
    if (fate.id() != 0) {
      assertThat(id).as("%s was acknowledged", deduper).isEqualTo(fate.id());
    } else if (fate.unknown()) {
      unknownStored += id == null ? 0 : 1;
      unknownLost += id == null ? 1 : 0;
    } else {
      assertThat(id).as("%s was refused, or never reached a server", deduper).isNull();
      refused++;
    }
  }

  /** Every subscription's receiver took every event of it, and the server knows. */
  void awaitDelivered() {
    await()
        .atMost(Duration.ofSeconds(120 + stored / 100))
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () -> {
              for (JsonNode row : admin.get("/v1/status").json().path("subscriptions")) {
                assertThat(row.path("lag").asLong(-1)).as("lag of %s", row).isZero();
                assertThat(row.path("retrying").asLong(-1)).as("retrying of %s", row).isZero();
              }
              wanted.forEach(
                  (path, ids) -> {
                    Set<Long> missing = new TreeSet<>(ids);
                    missing.removeAll(deliveries.taken(path));
                    assertThat(missing).as("stored, never taken at %s", path).isEmpty();
                  });
            });
    wanted.forEach((path, ids) -> assertThat(deliveries.taken(path)).as(path).isEqualTo(ids));
  }

  /** With the server stopped: nothing is stuck, nothing was done that was not to be done. */
  void pass(CrashSite site, Breaks breaks) throws Exception {
    assertThat(sent.violations()).isEmpty();
    deliveries
        .violations()
        .forEach((life, all) -> assertThat(breaks.of(life) > 0 ? List.of() : all).isEmpty());
    deliveries
        .repeated()
        .forEach(
            (life, paths) ->
                paths.forEach((path, count) -> repeated(life, breaks.of(life), path, count)));
    long taken = wanted.values().stream().mapToLong(Set::size).sum();
    assertThat(deliveries.calls())
        .as("calls = taken + repeated + failed")
        .isEqualTo(taken + repeated + deliveries.failed());
    try (Connection connection = site.connect()) {
      rows(connection, taken);
    }
  }

  /** Without a break: none. */
  private void repeated(int life, int breaks, String path, int count) {
    assertThat(count)
        .as("repeated of %s for life %s, broken off %s times", path, life, breaks)
        .isLessThanOrEqualTo(breaks * MOST_REPEATED);
    repeated += count;
    mostRepeated = Math.max(mostRepeated, count);
  }

  private void rows(Connection connection, long taken) throws SQLException {
    assertThat(texts(connection, "SELECT state || ' ' || count(*) FROM deliveries GROUP BY state"))
        .containsExactly("delivered " + taken);
    assertThat(
            texts(
                connection,
                "SELECT id FROM deliveries WHERE next_attempt_at IS NOT NULL"
                    + " OR last_status NOT BETWEEN 200 AND 299"))
        .isEmpty();
    assertThat(texts(connection, "SELECT cursor FROM subscriptions"))
        .containsExactly(String.valueOf(stored));
  }

  private static Set<String> texts(Connection connection, String sql) throws SQLException {
    Set<String> all = new TreeSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        all.add(rows.getString(1));
      }
    }
    return all;
  }

  @Override
  public String toString() {
    return "sent "
        + sent.fates().size()
        + " = stored "
        + stored
        + " (of unknown fate "
        + unknownStored
        + ") + not stored: of unknown fate "
        + unknownLost
        + ", refused "
        + refused
        + "; answers 503: "
        + sent.refusals()
        + "; calls "
        + deliveries.calls()
        + ", failed "
        + deliveries.failed()
        + ", repeated "
        + repeated
        + " (at most "
        + mostRepeated
        + " by one life and subscription)";
  }
}
