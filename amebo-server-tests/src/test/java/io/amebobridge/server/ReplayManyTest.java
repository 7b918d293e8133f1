package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Replays of many deliveries. */
@OnEveryDatabase
class ReplayManyTest extends ServerTest {
  @Test
  void theDeadAreReplayedOnceInOrderWithAllTheirAttempts() {
    long id = die(30);
    receiver.answer(call -> Receiver.Answer.of(call.event() % 10 == 0 ? 400 : 200));
    int before = receiver.calls().size();
    JsonNode replay = begin("{\"subscription\":" + id + ",\"per_second\":1000}");
    assertThat(replay.path("matched").asInt()).isEqualTo(30);
    await().until(() -> replay(replay).path("open").asInt() == 0 && done(replay));
    JsonNode done = replay(replay);
    assertThat(done.path("replayed").asInt()).isEqualTo(30);
    assertThat(done.path("remaining").asInt()).isZero();
    assertThat(done.path("delivered").asInt()).isEqualTo(27);
    assertThat(done.path("failed").asInt()).isEqualTo(3);
    assertThat(receiver.calls().size() - before).as("3 of them twice").isEqualTo(33);
    assertThat(standing().path("dead").asInt()).isEqualTo(3);
    assertThat(standing().path("retrying").asInt()).isZero();
    await().until(() -> admin.get("/v1/gists?state=dead").json().size() == 3);
    assertThat(admin.get("/v1/replays").json()).hasSize(1);
  }

  @Test
  void itGoesOnBehindItsPositionAfterARestart() throws Exception {
    long id = die(20);
    receiver.answer(200);
    int before = receiver.calls().size();
    JsonNode replay = begin("{\"subscription\":" + id + ",\"per_second\":10}");
    await().until(() -> replay(replay).path("replayed").asInt() >= 3);
    restart();
    assertThat(done(replay)).as("in its midst").isFalse();
    await().until(() -> done(replay) && replay(replay).path("delivered").asInt() == 20);
    List<Long> again = receiver.events().subList(before, receiver.events().size());
    assertThat(again).containsExactlyElementsOf(LongStream.rangeClosed(1, 20).boxed().toList());
  }

  @Test
  void itCanBeCancelledAndOnlyOneRunsForASubscription() {
    long id = die(20);
    receiver.answer(200);
    JsonNode replay = begin("{\"subscription\":" + id + ",\"per_second\":1}");
    Wire.Reply second = admin.post("/v1/replays", "{\"subscription\":" + id + "}");
    assertThat(second.status()).isEqualTo(409);
    assertThat(second.error()).contains("under way");
    JsonNode cancelled =
        Fixture.expect(200, admin.delete("/v1/replays/" + replay.path("replay").asString())).json();
    assertThat(cancelled.path("state").asString()).isEqualTo("cancelled");
    int left = 20 - cancelled.path("replayed").asInt();
    assertThat(left).isGreaterThan(10);
    JsonNode next = begin("{\"subscription\":" + id + ",\"per_second\":1000}");
    assertThat(next.path("matched").asInt()).isEqualTo(left);
    await().until(() -> done(next) && replay(next).path("delivered").asInt() == left);
  }

  @Test
  void itCanBeNarrowed() {
    long id = die(10);
    receiver.answer(200);
    JsonNode some = begin("{\"subscription\":" + id + ",\"events\":[7,3,999,3]}");
    assertThat(some.path("matched").asInt()).isEqualTo(2);
    await().until(() -> done(some) && replay(some).path("delivered").asInt() == 2);
    assertThat(admin.get("/v1/gists?state=dead&event=3").json()).isEmpty();
    JsonNode limited = begin("{\"subscription\":" + id + ",\"limit\":3}");
    await().until(() -> done(limited) && replay(limited).path("delivered").asInt() == 3);
    JsonNode none = begin("{\"subscription\":" + id + ",\"action\":\"user.deleted\"}");
    assertThat(none.path("matched").asInt()).isZero();
    await().until(() -> done(none));
    JsonNode early = begin("{\"subscription\":" + id + ",\"to\":\"2020-01-01T00:00:00Z\"}");
    assertThat(early.path("matched").asInt()).isZero();
    await().until(() -> done(early));
    JsonNode rest =
        begin(
            "{\"subscription\":"
                + id
                + ",\"action\":\"user.*\",\"from\":\"2020-01-01T00:00:00Z\",\"to\":\""
                + Instant.now().plusSeconds(60)
                + "\"}");
    assertThat(rest.path("matched").asInt()).isEqualTo(5);
    await().until(() -> done(rest) && standing().path("dead").asInt() == 0);
  }

  @Test
  void namedEventsThatNoLongerMatchEndNothing() {
    long id = die(5);
    receiver.answer(200);
    JsonNode first = begin("{\"subscription\":" + id + ",\"events\":[1,2,3]}");
    await().until(() -> done(first) && replay(first).path("delivered").asInt() == 3);
    JsonNode all = begin("{\"subscription\":" + id + ",\"events\":[1,2,3,4,5],\"per_second\":5}");
    assertThat(all.path("matched").asInt()).isEqualTo(2);
    await().until(() -> done(all) && replay(all).path("open").asInt() == 0);
    assertThat(replay(all).path("delivered").asInt()).isEqualTo(2);
  }

  @Test
  void itEndsWithItsSubscription() {
    long id = die(10);
    JsonNode replay = begin("{\"subscription\":" + id + ",\"per_second\":1}");
    Fixture.expect(204, admin.delete("/v1/subscriptions/" + id));
    assertThat(replay(replay).path("state").asString()).isEqualTo("cancelled");
  }

  @Test
  void whatWasDeliveredIsSentAgainWhereThatIsAskedFor() {
    Fixture.subscribe(admin, "user.created", "");
    publish(10);
    await().until(() -> admin.get("/v1/gists?completed=true").json().size() == 10);
    JsonNode replay = begin("{\"application\":\"mailer\",\"state\":\"delivered\"}");
    await().until(() -> done(replay) && replay(replay).path("delivered").asInt() == 10);
    assertThat(receiver.events().subList(10, 20))
        .containsExactlyInAnyOrderElementsOf(receiver.events().subList(0, 10));
    assertThat(receiver.calls()).hasSize(20);
  }

  @Test
  void itIsTheSubscribersToAskFor() {
    long id = die(2);
    receiver.answer(200);
    Wire shop = admin.application("shop", Fixture.SECRET);
    Wire mailer = admin.application("mailer", Fixture.OTHER_SECRET);
    String wanted = "{\"subscription\":" + id + "}";
    assertThat(Wire.anonymous(server).post("/v1/replays", wanted).status()).isEqualTo(401);
    assertThat(shop.post("/v1/replays", wanted).status()).isEqualTo(404);
    assertThat(shop.post("/v1/replays", "{\"application\":\"mailer\"}").status()).isEqualTo(403);
    JsonNode replay = Fixture.expect(202, mailer.post("/v1/replays", "{}")).json().get(0);
    String path = "/v1/replays/" + replay.path("replay").asString();
    assertThat(shop.get(path).status()).isEqualTo(404);
    assertThat(shop.delete(path).status()).isEqualTo(404);
    assertThat(shop.get("/v1/replays").json()).isEmpty();
    assertThat(mailer.get("/v1/replays").json()).hasSize(1);
    await().until(() -> replay(replay).path("delivered").asInt() == 2);
  }

  @Test
  void whatIsWrongIsNamed() {
    die(1);
    assertThat(admin.post("/v1/replays", "{\"state\":\"retrying\"}").error())
        .isEqualTo("state - got retrying, allowed: dead, delivered");
    assertThat(admin.post("/v1/replays", "{\"per_second\":0}").error()).startsWith("per_second");
    assertThat(admin.post("/v1/replays", "{\"events\":[\"1\"]}").error()).startsWith("events");
    assertThat(admin.post("/v1/replays", "{\"from\":\"yesterday\"}").error()).startsWith("from");
    assertThat(admin.get("/v1/replays").json()).isEmpty();
  }

  /** A subscription with so many dead letters. */
  private long die(int count) {
    receiver.answer(400);
    long id = Fixture.subscribe(admin, "user.created", 1, "");
    publish(count);
    await().until(() -> admin.get("/v1/gists?state=dead&limit=1000").json().size() == count);
    return id;
  }

  private JsonNode begin(String wanted) {
    JsonNode all = Fixture.expect(202, admin.post("/v1/replays", wanted)).json();
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private JsonNode replay(JsonNode begun) {
    return Fixture.expect(200, admin.get("/v1/replays/" + begun.path("replay").asString())).json();
  }

  private boolean done(JsonNode begun) {
    return replay(begun).path("state").asString().equals("done");
  }

  private JsonNode standing() {
    return admin.get("/v1/status").json().path("subscriptions").path(0);
  }
}
