package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Receivers that take less than they could be sent. */
class ThrottlingTest extends ServerTest {
  private static final int AT_ONCE = 4;
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  @Override
  ServerConfig config() {
    return super.config().withDelivery(super.config().delivery().withBreakerThreshold(2));
  }

  @Test
  void theWindowSettlesWhereTheReceiverCopes() {
    receiver.answer(
        call -> {
          int now = inside.incrementAndGet();
          try {
            if (now > AT_ONCE) {
              refused.incrementAndGet();
              return Receiver.Answer.of(429);
            }
            await().pollDelay(Duration.ofMillis(5)).until(() -> true); // so that calls meet
            return Receiver.Answer.of(200);
          } finally {
            inside.decrementAndGet();
          }
        });
    Fixture.subscribe(admin, "user.created", 1, "");
    publish(600);
    await().until(() -> delivered() == 600);
    assertThat(standing(0).path("dead").asInt()).as("throttling wears out nothing").isZero();
    assertThat(standing(0).path("window").asInt()).isLessThan(4 * AT_ONCE);
    assertThat(refused.get()).as("few calls are too many").isBetween(1, 300);
  }

  @Test
  void aPauseThatOneIsAskedForHoldsForAllOfTheEndpoint() {
    receiver.answer(call -> new Receiver.Answer(429, Map.of("Retry-After", "300")));
    Fixture.subscribe(admin, "user.created", 1, "");
    publish(5);
    await().until(() -> standing(0).path("endpoint").asString().equals("paused"));
    int before = receiver.calls().size();
    subscribe("/other");
    await().until(() -> standing(1).path("endpoint").asString().equals("paused"));
    await().pollDelay(Duration.ofMillis(300)).until(() -> true);
    assertThat(receiver.calls()).hasSize(before);
  }

  @Test
  void oneProbeGoesOutForAllThatGoToADeadEndpoint() {
    receiver.answer(500);
    Fixture.subscribe(admin, "user.created", 1000, "");
    subscribe("/other");
    subscribe("/third");
    publish(100);
    await().until(() -> states().stream().allMatch(s -> s.equals("open") || s.equals("probing")));
    await().until(() -> standing(0).path("in_flight").asInt() <= 1);
    AtomicInteger most = new AtomicInteger();
    AtomicInteger probes = new AtomicInteger();
    receiver.answer(
        call -> {
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          await().pollDelay(Duration.ofMillis(20)).until(() -> true); // so that others could come
          inside.decrementAndGet();
          probes.incrementAndGet();
          return Receiver.Answer.of(500);
        });
    await().until(() -> probes.get() >= 15);
    assertThat(most).hasValue(1);
    receiver.answer(200);
    await().until(() -> admin.get("/v1/gists?state=delivered&limit=1000").json().size() == 300);
    assertThat(states()).containsOnly("closed");
  }

  private java.util.Set<String> states() {
    java.util.Set<String> states = new HashSet<>();
    admin
        .get("/v1/status")
        .json()
        .path("subscriptions")
        .forEach(row -> states.add(row.path("endpoint").asString()));
    return states;
  }

  private void subscribe(String handler) {
    Fixture.expect(
        201,
        admin.post(
            "/v1/subscriptions",
            "{\"application\":\"mailer\",\"action\":\"user.*\",\"start\":\"earliest\","
                + "\"max_retries\":1000,\"handler\":\""
                + handler
                + "\"}"));
  }

  private int delivered() {
    return admin.get("/v1/gists?completed=true&limit=1000").json().size();
  }

  private JsonNode standing(int index) {
    return admin.get("/v1/status").json().path("subscriptions").path(index);
  }
}
