package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** More deliveries wait for their time than a driver keeps in memory. */
@OnEveryDatabase
class ManyWaitingTest extends ServerTest {
  private static final int MANY = 12_500;

  /** On a busy machine, too, no call is made twice because its answer was late. */
  @Override
  ServerConfig config() {
    ServerConfig config = super.config();
    return config.withDelivery(config.delivery().withTimeout(Duration.ofSeconds(60)));
  }

  @Test
  void sleepersAreAllWokenAndHoldUpNobody() throws Exception {
    Fixture.subscribe(admin, "user.created", "");
    long soon = Instant.now().getEpochSecond() + 4;
    publishMany(MANY, ",\"sleep_until\":" + soon);
    publishMany(10, "");
    await().until(() -> receiver.calls().size() >= 10);
    restart();
    publishMany(10, "");
    await().atMost(Duration.ofSeconds(90)).until(() -> receiver.calls().size() >= MANY + 20);
    await().until(() -> standing().path("cursor").asLong() == MANY + 20);
    assertThat(receiver.events()).hasSize(MANY + 20).doesNotHaveDuplicates();
  }

  @Test
  void whatFailsDoesNotKeepNewEventsFromTheirFirstAttempt() throws Exception {
    server.close();
    server =
        AmeboServer.start(
            config()
                .withDelivery(
                    config().delivery().withBackoff(Duration.ofMinutes(5), Duration.ofMinutes(5))));
    admin = Wire.admin(server);
    receiver.answer(400);
    Fixture.subscribe(admin, "user.created", 10_000, "");
    publishMany(MANY, "");
    await().atMost(Duration.ofSeconds(90)).until(() -> standing().path("retrying").asInt() == MANY);
    receiver.answer(200);
    publishMany(10, "");
    await().until(() -> receiver.events().contains(MANY + 10L));
    // Those retries whose jitter was short are made too, however many others wait.
    await().until(() -> standing().path("retrying").asInt() < MANY);
  }

  private void publishMany(int count, String more) {
    for (int sent = 0; sent < count; sent += 500) {
      StringBuilder batch = new StringBuilder("[");
      for (int i = sent; i < Math.min(sent + 500, count); i++) {
        batch
            .append(i == sent ? "" : ",")
            .append("{\"action\":\"user.created\",\"payload\":{\"id\":")
            .append(i)
            .append("}")
            .append(more)
            .append("}");
      }
      Fixture.expect(200, admin.post("/v1/events/batch", batch.append("]").toString()));
    }
  }

  private JsonNode standing() {
    return admin.get("/v1/status").json().path("subscriptions").path(0);
  }
}
