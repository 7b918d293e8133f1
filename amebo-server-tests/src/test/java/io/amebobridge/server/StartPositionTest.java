package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a new subscription begins. */
@OnEveryDatabase
class StartPositionTest extends ServerTest {
  @Test
  void atATime() {
    publish(5);
    await().pollDelay(Duration.ofMillis(5)).until(() -> true);
    Instant between = Instant.now();
    await().pollDelay(Duration.ofMillis(5)).until(() -> true);
    publish("six", "{\"id\":6}");
    subscribe("/between", "\"" + between + "\"");
    subscribe("/long-ago", "\"2020-01-01T00:00:00Z\"");
    subscribe("/tomorrow", "\"" + Instant.now().plus(Duration.ofDays(1)) + "\"");
    publish("seven", "{\"id\":7}");
    await().until(() -> receiver.calls().size() == 2 + 7 + 1);
    assertThat(at("/between")).containsExactlyInAnyOrder(6L, 7L);
    assertThat(at("/long-ago")).hasSize(7);
    assertThat(at("/tomorrow")).containsExactly(7L);
  }

  @Test
  void whereAConsumerGroupStood() throws Exception {
    for (int offset = 0; offset < 4; offset++) {
      source("kafka:c1", "orders", 0, offset); // events 1, 4, 7, 10
      source("kafka:c1", "orders", 1, offset); // events 2, 5, 8, 11
      source("kafka:c1", "users", 0, offset); // events 3, 6, 9, 12
    }
    source("kafka:c2", "orders", 0, 0); // event 13
    publish("none", "{\"id\":14}");
    String positions =
        "{\"system\":\"kafka:c1\",\"positions\":["
            + "{\"stream\":\"orders\",\"partition\":0,\"offset\":3},"
            + "{\"stream\":\"users\",\"partition\":0,\"offset\":5}]}";
    subscribe("/taken", positions);
    // Past offset 3 of orders/0; all of the unlisted orders/1; nothing of users/0 yet.
    await().until(() -> at("/taken").size() == 7);
    assertThat(at("/taken")).containsExactlyInAnyOrder(2L, 5L, 8L, 10L, 11L, 13L, 14L);
    restart();
    source("kafka:c1", "users", 0, 4); // event 15
    source("kafka:c1", "users", 0, 5); // event 16
    await().until(() -> at("/taken").contains(16L));
    assertThat(at("/taken")).hasSize(8).doesNotContain(15L);
    subscribe("/as-text", "\"" + positions.replace("\"", "\\\"") + "\"");
    await().until(() -> at("/as-text").size() == 8);
  }

  @Test
  void whatIsWrongIsNamed() {
    assertThat(refused("\"soon\"")).startsWith("start - got soon, allowed: latest, earliest");
    assertThat(refused("true")).startsWith("start - allowed");
    assertThat(refused("{\"system\":\"kafka\",\"positions\":[]}")).startsWith("start - allowed");
    assertThat(refused("{\"system\":\"kafka\",\"positions\":[{\"stream\":\"s\"}]}"))
        .startsWith("start.positions.0.partition");
    String twice = "{\"stream\":\"s\",\"partition\":0,\"offset\":1}";
    assertThat(refused("{\"system\":\"kafka\",\"positions\":[" + twice + "," + twice + "]}"))
        .isEqualTo("start - lists a partition twice");
  }

  private String refused(String start) {
    Wire.Reply reply = admin.post("/v1/subscriptions", body("/x", start));
    assertThat(reply.status()).isEqualTo(400);
    return reply.error();
  }

  private void subscribe(String handler, String start) {
    Fixture.expect(201, admin.post("/v1/subscriptions", body(handler, start)));
  }

  private static String body(String handler, String start) {
    return "{\"application\":\"mailer\",\"action\":\"user.*\",\"handler\":\""
        + handler
        + "\",\"start\":"
        + start
        + "}";
  }

  private void source(String system, String stream, int partition, int offset) {
    Fixture.expect(
        200,
        admin.post(
            "/v1/events/batch",
            "[{\"action\":\"user.created\",\"payload\":{\"id\":1},\"source\":{\"system\":\""
                + system
                + "\",\"stream\":\""
                + stream
                + "\",\"partition\":"
                + partition
                + ",\"offset\":"
                + offset
                + "}}]"));
  }

  private List<Long> at(String path) {
    return receiver.calls().stream()
        .filter(call -> call.path().equals(path))
        .map(Receiver.Call::event)
        .toList();
  }
}
