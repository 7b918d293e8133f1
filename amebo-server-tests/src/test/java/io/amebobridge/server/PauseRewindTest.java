package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A subscription is stopped, goes on, and is set to another place in the log. */
@OnEveryDatabase
class PauseRewindTest extends ServerTest {
  @Test
  void nothingIsSentWhilePausedThroughARestart() throws Exception {
    receiver.answer(call -> Receiver.Answer.of(call.event() == 1 ? 500 : 200));
    long id = Fixture.subscribe(admin, "user.created", 10_000, "");
    publish("one", "{\"id\":1}");
    await().until(() -> receiver.calls().size() >= 2);
    JsonNode paused = post(id, "pause", "", 200);
    assertThat(paused.path("paused").asBoolean()).isTrue();
    await().until(() -> standing().path("in_flight").asInt() == 0);
    int before = receiver.calls().size();
    publish(5);
    assertNothingMoreThan(before);
    restart();
    assertThat(admin.get("/v1/subscriptions/" + id).json().path("paused").asBoolean()).isTrue();
    assertNothingMoreThan(before);
    String gist = admin.get("/v1/gists?event=1").json().get(0).path("gist").asString();
    assertThat(admin.post("/v1/regists/" + gist, "").status()).isEqualTo(409);
    receiver.answer(200);
    assertThat(post(id, "resume", "", 200).path("paused").asBoolean()).isFalse();
    await().until(() -> admin.get("/v1/gists?completed=true").json().size() == 6);
  }

  @Test
  void aRewindDeliversAgainWhatIsAboveItsPlace() throws Exception {
    receiver.answer(call -> Receiver.Answer.of(call.event() == 2 || call.event() == 8 ? 400 : 200));
    long id = Fixture.subscribe(admin, "user.created", 1, "");
    publish(10);
    await().until(() -> standing().path("dead").asInt() == 2 && settled(10));
    int before = receiver.calls().size();
    receiver.answer(200);
    JsonNode rewound = post(id, "rewind", "{\"to\":5}", 202);
    assertThat(rewound.path("from").asInt()).isEqualTo(10);
    assertThat(rewound.path("to").asInt()).isEqualTo(5);
    assertThat(rewound.path("passed_over").asInt()).isZero();
    await().until(() -> receiver.calls().size() >= before + 5 && settled(10));
    List<Long> again = receiver.events().subList(before, receiver.events().size());
    assertThat(again).containsExactlyInAnyOrder(6L, 7L, 8L, 9L, 10L);
    assertThat(standing().path("dead").asInt()).as("that below stays").isEqualTo(1);
    restart();
    publish("more", "{\"id\":11}");
    await().until(() -> receiver.events().contains(11L));
    assertThat(receiver.calls()).hasSize(before + 6);
    post(id, "rewind", "{\"to\":\"earliest\"}", 202);
    await().until(() -> receiver.calls().size() == before + 17);
    await().until(() -> standing().path("dead").asInt() == 0);
  }

  @Test
  void aSkipSaysWhatItPassesOver() {
    long id = Fixture.subscribe(admin, "user.created", "");
    post(id, "pause", "", 200);
    publish(7);
    Fixture.expect(201, admin.post("/v1/events", Fixture.event("user.deleted", "x", "{\"id\":1}")));
    JsonNode skipped = post(id, "rewind", "{\"to\":\"latest\"}", 202);
    assertThat(skipped.path("to").asInt()).isEqualTo(8);
    assertThat(skipped.path("passed_over").asInt()).as("one is not its own").isEqualTo(7);
    await().until(() -> standing().path("cursor").asInt() == 8);
    post(id, "resume", "", 200);
    publish("next", "{\"id\":9}");
    await().until(() -> receiver.events().contains(9L));
    assertThat(receiver.events()).containsExactly(9L);
  }

  @Test
  void aRewindGoesToATime() throws Exception {
    long id = Fixture.subscribe(admin, "user.created", "");
    publish(5);
    await().until(() -> settled(5));
    await().pollDelay(Duration.ofMillis(5)).until(() -> true);
    Instant between = Instant.now();
    await().pollDelay(Duration.ofMillis(5)).until(() -> true);
    publish("later", "{\"id\":6}");
    await().until(() -> settled(6));
    JsonNode rewound = post(id, "rewind", "{\"to\":\"" + between + "\"}", 202);
    assertThat(rewound.path("to").asInt()).isEqualTo(5);
    await().until(() -> receiver.calls().size() == 7);
    assertThat(receiver.events().get(6)).isEqualTo(6);
  }

  @Test
  void aRewindThatWasCutShortIsFinished() throws Exception {
    long id = Fixture.subscribe(admin, "user.created", "");
    publish(10);
    await().until(() -> settled(10));
    server.close();
    // As a server that was killed between two slices has left it.
    try (Connection db = engine.connect(dsn);
        Statement update = db.createStatement()) {
      update.executeUpdate("UPDATE subscriptions SET rewind_to = 2 WHERE id = " + id);
      update.executeUpdate("DELETE FROM deliveries WHERE event_id IN (3, 4)");
    }
    restart();
    await().until(() -> receiver.calls().size() == 18 && settled(10));
    assertThat(receiver.events().subList(10, 18))
        .containsExactlyInAnyOrder(3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
  }

  @Test
  void whatIsWrongIsNamed() {
    long id = Fixture.subscribe(admin, "user.created", "");
    String path = "/v1/subscriptions/" + id + "/rewind";
    assertThat(admin.post(path, "{}").error()).startsWith("to - is required");
    assertThat(admin.post(path, "{\"to\":17}").error()).startsWith("to - event 17 is beyond");
    assertThat(admin.post(path, "{\"to\":\"noon\"}").error()).startsWith("to - got noon");
    assertThat(admin.post("/v1/subscriptions/99/pause", "").status()).isEqualTo(404);
    Wire shop = admin.application("shop", Fixture.SECRET);
    assertThat(shop.post(path, "{\"to\":0}").status()).isEqualTo(403);
    assertThat(shop.post("/v1/subscriptions/" + id + "/pause", "").status()).isEqualTo(403);
    assertThat(Wire.anonymous(server).post(path, "{\"to\":0}").status()).isEqualTo(401);
    Wire mailer = admin.application("mailer", Fixture.OTHER_SECRET);
    assertThat(mailer.post("/v1/subscriptions/" + id + "/pause", "").status()).isEqualTo(200);
  }

  private JsonNode post(long id, String act, String body, int status) {
    return Fixture.expect(status, admin.post("/v1/subscriptions/" + id + "/" + act, body)).json();
  }

  private void assertNothingMoreThan(int calls) {
    await().pollDelay(Duration.ofMillis(400)).until(() -> true);
    assertThat(receiver.calls()).hasSize(calls);
  }

  private boolean settled(int head) {
    JsonNode standing = standing();
    return standing.path("cursor").asInt() == head
        && standing.path("retrying").asInt() == 0
        && standing.path("in_flight").asInt() == 0
        && !standing.path("rewinding").asBoolean();
  }

  private JsonNode standing() {
    return admin.get("/v1/status").json().path("subscriptions").path(0);
  }
}
