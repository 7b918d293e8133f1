package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a driver does, and leaves be, while its receiver is down. */
class ReceiverDownTest extends ServerTest {
  private final AtomicLong clockReads = new AtomicLong();

  @Override
  ServerConfig config() {
    return super.config()
        .withDelivery(super.config().delivery().withWindow(1).withBreakerThreshold(1))
        .withClock(
            () -> {
              clockReads.incrementAndGet(); // every look for work reads it
              return Instant.now();
            });
  }

  @Test
  void nothingToDoIsNotLookedForAgainAndAgain() {
    receiver.answer(400);
    Fixture.subscribe(admin, "user.created", 1, "");
    publish(1);
    awaitDead(1);
    assertQuiet();
  }

  @Test
  void whoWantsToBeLeftAloneIsLeftAlone() {
    receiver.answer(call -> new Receiver.Answer(503, Map.of("Retry-After", "300")));
    Fixture.subscribe(admin, "user.created", 1, "");
    publish(10);
    await().until(() -> standing().path("endpoint").asString().equals("paused"));
    assertQuiet();
    assertThat(receiver.calls()).hasSize(1);
  }

  @Test
  void aProbeUnderWayIsWaitedFor() {
    receiver.answer(503);
    Fixture.subscribe(admin, "user.created", 1000, "");
    publish(2);
    await().until(() -> receiver.calls().size() >= 2);
    receiver.answer(
        call -> {
          await().forever().until(Thread.currentThread()::isInterrupted);
          return Receiver.Answer.of(200);
        });
    int before = receiver.calls().size();
    await().until(() -> receiver.calls().size() > before);
    assertQuiet();
  }

  @Test
  void anEventThatSleepsDoesNotKeepTheBacklogFromItsProbes() {
    receiver.answer(503);
    Fixture.subscribe(admin, "user.created", 1, "");
    long tomorrow = Instant.now().getEpochSecond() + 86_400;
    Fixture.expect(
        201,
        admin.post(
            "/v1/events",
            "{\"action\":\"user.created\",\"sleep_until\":"
                + tomorrow
                + ",\"payload\":{\"id\":1}}"));
    publish(10);
    await().until(() -> new HashSet<>(receiver.events()).size() == 10);
    await().until(() -> receiver.calls().size() > 20); // with one retry each they would be dead
    assertThat(standing().path("dead").asInt()).as("probes wear out nothing").isZero();
    receiver.answer(200);
    await().until(() -> admin.get("/v1/gists?state=delivered").json().size() == 10);
  }

  private void awaitDead(int count) {
    await().until(() -> standing().path("dead").asInt() == count);
  }

  private JsonNode standing() {
    return admin.get("/v1/status").json().path("subscriptions").get(0);
  }

  private void assertQuiet() {
    await().pollDelay(Duration.ofMillis(200)).until(() -> true); // the last timers run out
    long before = clockReads.get();
    await().pollDelay(Duration.ofMillis(500)).until(() -> true);
    assertThat(clockReads.get() - before).isLessThan(50);
  }
}
