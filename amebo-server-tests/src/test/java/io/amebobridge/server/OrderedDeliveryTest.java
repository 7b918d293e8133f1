package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code ordered: true}: of the events with one key, one at a time, by their ids. */
@OnEveryDatabase
class OrderedDeliveryTest extends ServerTest {
  private static final int KEYS = 20;
  private final Map<Long, List<Long>> succeeded = new ConcurrentHashMap<>();
  private final Map<Long, AtomicInteger> inside = new ConcurrentHashMap<>();
  private final AtomicInteger together = new AtomicInteger();
  private final Random random = new Random(42);

  @Test
  void firstSuccessesOfAKeyComeInTheOrderOfTheLogWhateverFailsOrRestarts() throws Exception {
    receiver.answer(call -> keyed(call, failsAtRandom()));
    Fixture.subscribe(admin, "user.created", 10_000, ",\"ordered\":true");
    for (int round = 0; round < 3; round++) {
      publishKeyed(200);
      int enough = round * 200 + 60;
      await().until(() -> successes() >= enough);
      restart();
    }
    await().until(() -> successes() == 600);
    assertThat(succeeded).hasSize(KEYS);
    succeeded.values().forEach(events -> assertThat(events).isSorted().hasSize(30));
    assertThat(together).as("calls of one key at once").hasValue(0);
  }

  @Test
  void aFailingEventHoldsUpItsKeyAlone() {
    receiver.answer(call -> Receiver.Answer.of(call.event() == 1 ? 500 : 200));
    Fixture.subscribe(admin, "user.created", 10_000, ",\"ordered\":true");
    publishKeyed(3 * KEYS);
    await().until(() -> receiver.events().stream().distinct().count() == 3 * KEYS - 2);
    assertThat(receiver.events()).doesNotContain(1L + KEYS, 1L + 2 * KEYS);
    receiver.answer(200);
    await().until(() -> receiver.events().contains(1L + 2 * KEYS));
    assertThat(receiver.events().indexOf(1L + KEYS))
        .isLessThan(receiver.events().indexOf(1L + 2 * KEYS));
  }

  @Test
  void aDeadLetterFreesItsKey() {
    receiver.answer(call -> Receiver.Answer.of(call.event() == 1 ? 400 : 200));
    Fixture.subscribe(admin, "user.created", 1, ",\"ordered\":true");
    publishKeyed(2 * KEYS);
    await().until(() -> receiver.events().contains(1L + KEYS));
    assertThat(receiver.events().stream().filter(e -> e == 1).count()).isEqualTo(2);
    assertThat(receiver.events().indexOf(1L + KEYS))
        .isGreaterThan(receiver.events().lastIndexOf(1L));
    assertThat(standing().path("dead").asInt()).isEqualTo(1);
  }

  @Test
  void aKeyStaysHeldThroughARestart() throws Exception {
    server.close();
    server = AmeboServer.start(patient());
    admin = Wire.admin(server);
    receiver.answer(call -> Receiver.Answer.of(call.event() == 1 ? 500 : 200));
    Fixture.subscribe(admin, "user.created", 10_000, ",\"ordered\":true");
    publishKeyed(2 * KEYS);
    await().until(() -> receiver.events().stream().distinct().count() == 2 * KEYS - 1);
    await().until(() -> standing().path("retrying").asInt() == 1);
    server.close();
    server = AmeboServer.start(patient());
    admin = Wire.admin(server);
    publishKeyed(KEYS);
    await().until(() -> receiver.events().stream().distinct().count() == 3 * KEYS - 2);
    assertThat(receiver.events()).doesNotContain(1L + KEYS, 1L + 2 * KEYS);
    receiver.answer(200);
    String gist = admin.get("/v1/gists?event=1").json().get(0).path("gist").asString();
    Fixture.expect(202, admin.post("/v1/regists/" + gist, ""));
    await().until(() -> receiver.events().contains(1L + 2 * KEYS));
    assertThat(receiver.events().indexOf(1L + KEYS))
        .isLessThan(receiver.events().indexOf(1L + 2 * KEYS));
  }

  @Test
  void aSleeperDoesNotHoldUpItsKey() {
    Fixture.subscribe(admin, "user.created", ",\"ordered\":true");
    long soon = Instant.now().getEpochSecond() + 3;
    publishKeyed("[" + event(1, "k", ",\"sleep_until\":" + soon) + "," + event(2, "k", "") + "]");
    await().until(() -> receiver.events().contains(1L));
    assertThat(receiver.events()).containsExactly(2L, 1L);
  }

  @Test
  void orderCanBeChosenLater() {
    AtomicInteger most = new AtomicInteger();
    receiver.answer(
        call -> {
          Receiver.Answer answer = keyed(call, 200);
          most.incrementAndGet();
          return answer;
        });
    long id = Fixture.subscribe(admin, "user.created", "");
    JsonNode changed =
        Fixture.expect(200, admin.put("/v1/subscriptions/" + id, "{\"ordered\":true}")).json();
    assertThat(changed.path("ordered").asBoolean()).isTrue();
    await().until(() -> !standing().path("rewinding").asBoolean());
    publishKeyed(400);
    await().until(() -> most.get() == 400);
    assertThat(together).hasValue(0);
    succeeded.values().forEach(events -> assertThat(events).isSorted());
  }

  private ServerConfig patient() {
    return config()
        .withDelivery(
            config().delivery().withBackoff(Duration.ofMinutes(5), Duration.ofMinutes(5)));
  }

  private int failsAtRandom() {
    synchronized (random) {
      return random.nextInt(10) < 3 ? 500 : 200;
    }
  }

  private Receiver.Answer keyed(Receiver.Call call, int status) {
    long key = call.event() % KEYS;
    AtomicInteger now = inside.computeIfAbsent(key, k -> new AtomicInteger());
    if (now.incrementAndGet() > 1) {
      together.incrementAndGet();
    }
    await().pollDelay(Duration.ofMillis(1)).until(() -> true); // so that calls could meet
    List<Long> events = succeeded.computeIfAbsent(key, k -> new ArrayList<>());
    synchronized (events) {
      if (status == 200 && !events.contains(call.event())) {
        events.add(call.event());
      }
    }
    now.decrementAndGet();
    return Receiver.Answer.of(status);
  }

  private int successes() {
    return succeeded.values().stream().mapToInt(List::size).sum();
  }

  /** Events n of key n % KEYS; ids go on from what is stored. */
  private void publishKeyed(int count) {
    StringBuilder batch = new StringBuilder("[");
    for (int i = 1; i <= count; i++) {
      batch.append(i == 1 ? "" : ",").append(event(i, "k" + i % KEYS, ""));
    }
    publishKeyed(batch.append("]").toString());
  }

  private void publishKeyed(String batch) {
    Fixture.expect(200, admin.post("/v1/events/batch", batch));
  }

  private static String event(int id, String key, String more) {
    return "{\"action\":\"user.created\",\"payload\":{\"id\":"
        + id
        + "},\"key\":\""
        + key
        + "\""
        + more
        + "}";
  }

  private JsonNode standing() {
    return admin.get("/v1/status").json().path("subscriptions").path(0);
  }
}
