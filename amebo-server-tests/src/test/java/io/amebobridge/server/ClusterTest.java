package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.brokers.PostgresProcess;
import io.amebobridge.server.cluster.ClusterSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two servers on one database, in one process. */
class ClusterTest {
  static {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(30)); // machines that build are busy
  }

  @TempDir Path dir;
  private String dsn;
  private AmeboServer first;
  private AmeboServer second;
  private Receiver receiver;
  private Wire a;
  private Wire b;

  @BeforeEach
  void startBoth() throws Exception {
    dsn = Engine.POSTGRES.migratedDsn(dir);
    receiver = new Receiver();
    first = start();
    a = Wire.admin(first);
    Fixture.register(a, receiver.url());
    second = start();
    b = Wire.admin(second);
  }

  private AmeboServer start() throws Exception {
    return AmeboServer.start(Peer.config(dsn).withCluster(Peer.QUICK));
  }

  @AfterEach
  void stopBoth() {
    second.close();
    first.close();
    receiver.close();
  }

  @Test
  void bothDriveTheirShareAndEachEventGoesOutOnce() {
    subscribe(4);
    await().until(() -> shares().equals(List.of(2, 2)));
    publish(a, "a", 100);
    publish(b, "b", 100);
    for (int i = 0; i < 4; i++) {
      String handler = "/h" + i;
      await().until(() -> events(handler).size() >= 200);
      assertThat(events(handler)).as(handler).hasSize(200).doesNotHaveDuplicates();
    }
    assertThat(standing(a, 1).path("holder").asString())
        .as("both say the same")
        .isEqualTo(standing(b, 1).path("holder").asString());
    await().until(() -> caughtUp(a) && caughtUp(b));
  }

  @Test
  void aServerThatJoinsIsGivenItsShareAndOneThatLeavesHandsItOver() throws Exception {
    second.close();
    subscribe(4);
    await().until(() -> shares().equals(List.of(4)));
    publish(a, "a", 50);
    second = start();
    b = Wire.admin(second);
    publish(a, "b", 50);
    await().until(() -> shares().equals(List.of(2, 2)));
    publish(b, "c", 50);
    first.close();
    await().until(() -> shares(b).equals(List.of(4)));
    publish(b, "d", 50);
    for (int i = 0; i < 4; i++) {
      String handler = "/h" + i;
      await().until(() -> new HashSet<>(events(handler)).size() == 200);
      assertThat(events(handler)).as("nothing was in flight for ever").hasSize(200);
    }
  }

  @Test
  void whatIsRegisteredAtOneIsGoodAtTheOtherAtOnce() {
    subscribe(1);
    for (int i = 0; i < 200; i++) {
      Wire here = i % 2 == 0 ? a : b;
      Wire there = i % 2 == 0 ? b : a;
      Fixture.action(here, "order.n" + i);
      String event = Fixture.event("order.n" + i, "d" + i, "{\"id\":1}");
      if (i % 4 < 2) {
        Fixture.expect(201, there.post("/v1/events", event));
      } else {
        JsonNode result =
            Fixture.expect(200, there.post("/v1/events/batch", "[" + event + "]")).json();
        assertThat(result.path("results").get(0).path("status").asString())
            .as("%s: %s", i, result)
            .isEqualTo("accepted");
      }
    }
    await().until(() -> new TreeSet<>(events("/h0")).equals(upTo(200)));
    assertThat(b.get("/v1/events?limit=500").json())
        .allSatisfy(event -> assertThat(event.path("action").asString()).startsWith("order.n"));
  }

  /** It looks at nothing by itself: only its own event tells it that there is another. */
  @Test
  void anEventOfAnActionThatIsNotKnownHereYetIsNotPassedOver() throws Exception {
    ClusterSettings blind =
        new ClusterSettings(
            Peer.QUICK.timeToLive(),
            Peer.QUICK.renewal(),
            Peer.QUICK.margin(),
            Duration.ofMinutes(10),
            Peer.QUICK.drain());
    second.close();
    subscribe(1);
    first.close();
    first = AmeboServer.start(Peer.config(dsn).withCluster(blind));
    a = Wire.admin(first);
    await().until(() -> shares().equals(List.of(1)));
    second = start();
    b = Wire.admin(second);
    Fixture.action(b, "order.created");
    Fixture.expect(201, b.post("/v1/events", Fixture.event("order.created", "1", "{\"id\":1}")));
    publish(a, "a", 1);
    await().until(() -> new TreeSet<>(events("/h0")).equals(upTo(2)));
  }

  @Test
  void applicationsTokensAndSecretsOfTheOneAreGoodAtTheOther() {
    for (int i = 0; i < 20; i++) {
      String name = "app" + i;
      Fixture.application(a, name, "http://127.0.0.1:9", "a-first-secret-of-" + name);
      Wire asApplication = new Wire(b.base(), null).application(name, "a-first-secret-of-" + name);
      Fixture.expect(200, new Wire(a.base(), asApplication.token()).get("/v1/actions"));
      String change = "{\"secret\":\"a-second-secret-of-" + name + "\"}";
      Fixture.expect(202, a.put("/v1/applications/" + name, change));
      Wire again = new Wire(b.base(), null).application(name, "a-second-secret-of-" + name);
      Fixture.expect(200, again.get("/v1/actions"));
      String action =
          "{\"action\":\"mine%s\",\"application\":\"%s\",\"secret\":\"a-second-secret-of-%s\",\"schemata\":{}}"
              .formatted(i, name, name);
      Fixture.expect(201, new Wire(b.base(), null).post("/v1/actions", action));
      Fixture.expect(200, a.get("/v1/actions/mine" + i));
    }
  }

  @Test
  void aWiderSchemaIsUsedByTheOtherBeforeItRefuses() {
    String loose = "{\"schemata\":{\"type\":\"object\"},\"secret\":\"" + Fixture.SECRET + "\"}";
    Fixture.expect(200, a.put("/v1/actions/user.created", loose));
    Fixture.expect(201, b.post("/v1/events", Fixture.event("user.created", "x", "{}")));
  }

  @Test
  void whatIsUnknownEverywhereIsRefused() {
    assertThat(b.post("/v1/events", Fixture.event("no.such", "x", "{}")).status()).isEqualTo(422);
    assertThat(b.get("/v1/subscriptions/77").status()).isEqualTo(404);
    assertThat(new Wire(b.base(), "no.such.token").get("/v1/actions").status()).isEqualTo(401);
    String mixed =
        "["
            + Fixture.event("no.such", "1", "{}")
            + ","
            + Fixture.event("user.created", "2", "{\"id\":1}")
            + "]";
    JsonNode results = b.post("/v1/events/batch", mixed).json().path("results");
    assertThat(results.get(0).path("status").asString()).isEqualTo("rejected");
    assertThat(results.get(1).path("status").asString()).isEqualTo("accepted");
  }

  @Test
  void aChangeAtTheOneMovesTheOthersDriverAndADeletionEndsIt() {
    subscribe(2);
    await().until(() -> shares().equals(List.of(1, 1)));
    publish(a, "a", 1);
    await().until(() -> receiver.calls().size() == 2);
    for (Wire wire : List.of(a, b)) {
      int subscription = wire.equals(a) ? 1 : 2;
      Fixture.expect(
          200,
          wire.put(
              "/v1/subscriptions/" + subscription, "{\"handler\":\"/moved" + subscription + "\"}"));
      Wire other = wire.equals(a) ? b : a;
      await()
          .until(
              () ->
                  other
                      .get("/v1/subscriptions/" + subscription)
                      .json()
                      .path("handler")
                      .asString()
                      .equals("/moved" + subscription));
    }
    publish(b, "b", 1);
    await().until(() -> events("/moved1").size() == 1 && events("/moved2").size() == 1);
    Fixture.expect(204, a.delete("/v1/subscriptions/1"));
    await().until(() -> b.get("/v1/subscriptions/1").status() == 404);
    publish(b, "c", 1);
    await().until(() -> events("/moved2").size() == 2);
    await().until(() -> holders(a).size() == 1);
    assertThat(events("/moved1")).hasSize(1);
  }

  @Test
  void aDeadLetterIsReplayedByWhoeverIsAsked() {
    receiver.answer(500);
    Fixture.subscribe(a, "user.created", 1, "");
    publish(a, "a", 1);
    await().until(() -> standing(a, 1).path("dead").asInt() == 1);
    await().until(() -> standing(b, 1).path("dead").asInt() == 1);
    int calls = receiver.calls().size();
    String replay = "/v1/regists/" + (1L << 20 | 1);
    Fixture.expect(502, a.post(replay, ""));
    await().until(() -> attempts() == 3);
    Fixture.expect(502, b.post(replay, ""));
    await().until(() -> attempts() == 4);
    receiver.answer(200);
    Wire other = drives(a) ? b : a;
    Fixture.expect(202, other.post(replay, ""));
    assertThat(receiver.calls()).hasSize(calls + 3);
    JsonNode gist = other.get("/v1/gists").json().get(0);
    assertThat(gist.path("state").asString()).isEqualTo("delivered");
    assertThat(gist.path("attempts").asInt()).isEqualTo(5);
    assertThat(standing(a, 1).path("dead").asInt()).isZero();
    assertThat(standing(b, 1).path("dead").asInt()).isZero();
  }

  @Test
  void aRetryThatWasReplayedElsewhereIsNotMadeAgain() {
    receiver.answer(call -> new Receiver.Answer(503, java.util.Map.of("Retry-After", "3")));
    Fixture.subscribe(a, "user.created", 50, "");
    publish(a, "a", 1);
    await().until(() -> standing(a, 1).path("retrying").asInt() == 1);
    await().until(() -> standing(b, 1).path("retrying").asInt() == 1);
    receiver.answer(200);
    Wire other = drives(a) ? b : a;
    Fixture.expect(202, other.post("/v1/regists/" + (1L << 20 | 1), ""));
    int calls = receiver.calls().size();
    Wire holder = drives(a) ? a : b;
    await().until(() -> standing(holder, 1).path("retrying").asInt() == 0);
    assertThat(receiver.calls()).as("its retry came due and was dropped").hasSize(calls);
    assertThat(a.get("/v1/gists").json().get(0).path("state").asString()).isEqualTo("delivered");
  }

  private int attempts() {
    return a.get("/v1/gists").json().get(0).path("attempts").asInt();
  }

  /** Which server drives subscription 1 is known from the one whose memory says so. */
  private boolean drives(Wire wire) {
    String holder = standing(wire, 1).path("holder").asString();
    String own = wire.get("/v1/status").json().path("instance").asString("");
    return holder.equals(own);
  }

  @Test
  void aRewindThatWasBegunIsFinishedByWhoTakesTheSubscriptionOver() throws Exception {
    subscribe(2);
    publish(a, "a", 20);
    await().until(() -> events("/h0").size() == 20 && events("/h1").size() == 20);
    second.close();
    first.close();
    String database = dsn.substring(dsn.lastIndexOf('/') + 1);
    try (Connection connection = PostgresProcess.shared().connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE subscriptions SET rewind_to = 0 WHERE id = 1");
    }
    first = start();
    a = Wire.admin(first);
    publish(a, "b", 5);
    await().until(() -> events("/h1").size() == 25);
    await().until(() -> events("/h0").size() == 45);
  }

  @Test
  void bothRecoverFromARestartOfTheDatabase() throws Exception {
    try (PostgresProcess own = PostgresProcess.fresh("fsync=off")) {
      own.start();
      String there = own.createDatabase();
      try (AmeboServer one = AmeboServer.start(Peer.config(there).withCluster(Peer.QUICK));
          AmeboServer two = AmeboServer.start(Peer.config(there).withCluster(Peer.QUICK))) {
        Wire wire = Wire.admin(one);
        Wire other = Wire.admin(two);
        Fixture.register(wire, receiver.url());
        Fixture.subscribe(wire, "user.created", 100, "");
        publish(wire, "a", 20);
        own.kill9();
        await().until(() -> wire.get("/ready").status() == 503);
        own.start();
        await().until(() -> wire.get("/ready").status() == 200);
        await().until(() -> other.get("/ready").status() == 200);
        // Its writer may learn only now that its connection is gone; then nothing is stored.
        await().untilAsserted(() -> publish(other, "b", 20));
        await().until(() -> new TreeSet<>(events("/hook")).equals(upTo(40)));
      }
    }
  }

  private void subscribe(int count) {
    for (int i = 0; i < count; i++) {
      Fixture.expect(
          201,
          a.post(
              "/v1/subscriptions",
              "{\"application\":\"mailer\",\"action\":\"*\",\"handler\":\"/h"
                  + i
                  + "\",\"secret\":\""
                  + Fixture.OTHER_SECRET
                  + "\",\"max_retries\":100}"));
    }
  }

  private static void publish(Wire wire, String name, int count) {
    List<String> events =
        IntStream.range(0, count)
            .mapToObj(i -> Fixture.event("user.created", name + i, "{\"id\":" + i + "}"))
            .toList();
    Fixture.expect(200, wire.post("/v1/events/batch", "[" + String.join(",", events) + "]"));
  }

  private List<Long> events(String handler) {
    return receiver.calls().stream()
        .filter(call -> call.path().equals(handler))
        .map(Receiver.Call::event)
        .toList();
  }

  private static Set<Long> upTo(long last) {
    return new TreeSet<>(LongStream.rangeClosed(1, last).boxed().toList());
  }

  private static JsonNode standing(Wire wire, long subscription) {
    for (JsonNode row : wire.get("/v1/status").json().path("subscriptions")) {
      if (row.path("subscription").asLong() == subscription) {
        return row;
      }
    }
    return tools.jackson.databind.node.MissingNode.getInstance();
  }

  private static boolean caughtUp(Wire wire) {
    for (JsonNode row : wire.get("/v1/status").json().path("subscriptions")) {
      if (row.path("lag").asLong(-1) != 0) {
        return false;
      }
    }
    return true;
  }

  private static List<String> holders(Wire wire) {
    List<String> all = new ArrayList<>();
    for (JsonNode row : wire.get("/v1/status").json().path("subscriptions")) {
      all.add(row.path("holder").asString(""));
    }
    return all;
  }

  private List<Integer> shares() {
    return shares(a);
  }

  /** How many each instance drives, from the most to the least. */
  private static List<Integer> shares(Wire wire) {
    List<String> holders = holders(wire);
    holders.removeIf(String::isEmpty);
    return new HashSet<>(holders)
        .stream()
            .map(holder -> java.util.Collections.frequency(holders, holder))
            .sorted(java.util.Comparator.reverseOrder())
            .toList();
  }
}
