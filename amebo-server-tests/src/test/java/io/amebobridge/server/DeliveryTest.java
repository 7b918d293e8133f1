package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@OnEveryDatabase
class DeliveryTest extends ServerTest {
  @Test
  void aPatternTakesWhatItMatchesAndNothingElse() {
    Fixture.action(admin, "order.created");
    Fixture.subscribe(admin, "user.*", "");
    Fixture.expect(
        201, admin.post("/v1/events", Fixture.event("order.created", "o", "{\"id\":1}")));
    publish("u", "{\"id\":2}");
    Fixture.action(admin, "user.renamed");
    Fixture.expect(201, admin.post("/v1/events", Fixture.event("user.renamed", "r", "{\"id\":3}")));
    await().until(() -> receiver.calls().size() == 2);
    assertThat(receiver.events()).containsExactlyInAnyOrder(2L, 3L);
    await().until(() -> standing(1).path("cursor").asLong() == 3);
  }

  @Test
  void theHeadersIdentifyAndSign() {
    Fixture.subscribe(admin, "user.created", "");
    publish("d", "{\"id\":1}");
    await().until(() -> receiver.calls().size() == 1);
    Map<String, String> headers = receiver.calls().get(0).headers();
    assertThat(headers)
        .containsEntry("content-type", "application/json")
        .containsEntry("x-pass-phrase", Fixture.OTHER_SECRET)
        .containsEntry("x-amebo-event", "1")
        .containsEntry("x-amebo-action", "user.created")
        .containsEntry("webhook-id", headers.get("x-amebo-delivery"))
        .containsKey("webhook-timestamp");
    assertThat(headers.get("x-amebo-signature")).startsWith("sha256=");
    assertThat(headers.get("webhook-signature")).startsWith("v1,");
  }

  @Test
  void theEnvelopeAndThePassPhraseAreTheSubscriptionsChoice() {
    Fixture.subscribe(admin, "user.created", ",\"envelope\":true,\"passphrase\":false");
    publish("d", "{\"id\": 1}");
    await().until(() -> receiver.calls().size() == 1);
    Receiver.Call call = receiver.calls().get(0);
    assertThat(call.headers()).doesNotContainKey("x-pass-phrase");
    assertThat(call.body())
        .startsWith(
            "{\"event_id\":1,\"action\":\"user.created\",\"payload\":{\"id\": 1},\"timestamp\":")
        .endsWith(",\"delivery_attempt\":1}");
  }

  @Test
  void whatFailsIsTriedAgainAndTheRestGoesOn() {
    receiver.answer(call -> Receiver.Answer.of(call.event() == 2 && count(2) < 3 ? 500 : 200));
    Fixture.subscribe(admin, "user.created", "");
    publish(4);
    await().until(() -> delivered() == 4);
    assertThat(count(2)).isEqualTo(3);
    assertThat(receiver.events().subList(0, 4)).as("others did not wait").doesNotHaveDuplicates();
    JsonNode gist = admin.get("/v1/gists?event=2").json().get(0);
    assertThat(gist.path("attempts").asInt()).isEqualTo(3);
    assertThat(gist.path("completed").asString()).isEqualTo("True");
    assertThat(standing(1).path("retrying").asInt()).isZero();
  }

  @Test
  void afterTheLastRetryItIsDeadAndCanBeReplayed() {
    receiver.answer(500);
    Fixture.subscribe(admin, "user.created", "");
    publish("d", "{\"id\":1}");
    await().until(() -> standing(1).path("dead").asInt() == 1);
    await().until(() -> admin.get("/v1/gists?state=dead").json().size() == 1);
    assertThat(receiver.calls()).as("one attempt and three retries").hasSize(4);
    JsonNode gist = admin.get("/v1/gists?completed=false").json().get(0);
    assertThat(gist.path("last_error").asString()).isEqualTo("the receiver answered 500");
    assertThat(admin.get("/metrics").text())
        .contains("amebo_subscription_dead{subscription=\"1\"} 1.0");
    String replay = "/v1/regists/" + gist.path("gist").asString();
    Wire.Reply refused = admin.post(replay, "");
    assertThat(refused.status()).isEqualTo(502);
    assertThat(refused.json().path("proxied").asBoolean()).isFalse();
    receiver.answer(204);
    Wire.Reply done = admin.post(replay, "");
    assertThat(done.status()).isEqualTo(202);
    assertThat(done.json().path("proxied").asBoolean()).isTrue();
    await().until(() -> admin.get("/v1/gists?state=dead").json().isEmpty());
    assertThat(standing(1).path("dead").asInt()).isZero();
    receiver.close();
    assertThat(admin.post(replay, "").status()).as("nobody there").isEqualTo(503);
    assertThat(admin.get("/v1/gists?completed=true").json()).as("stays delivered").hasSize(1);
  }

  @Test
  void aRedirectIsAFailureThatSaysSo() {
    receiver.answer(call -> new Receiver.Answer(301, Map.of("Location", "http://127.0.0.1:1/new")));
    Fixture.subscribe(admin, "user.created", "");
    publish("d", "{\"id\":1}");
    await().until(() -> admin.get("/v1/gists?state=dead").json().size() == 1);
    assertThat(admin.get("/v1/gists").json().get(0).path("last_error").asString())
        .contains("301", "http://127.0.0.1:1/new", "redirects are not followed");
  }

  @Test
  void retryAfterIsHonoured() {
    receiver.answer(
        call ->
            count(1) == 1
                ? new Receiver.Answer(429, Map.of("Retry-After", "1"))
                : Receiver.Answer.of(200));
    Fixture.subscribe(admin, "user.created", "");
    long began = System.nanoTime();
    publish("d", "{\"id\":1}");
    await().until(() -> delivered() == 1);
    assertThat(System.nanoTime() - began).isGreaterThan(900_000_000L);
  }

  @Test
  void aSilentReceiverTimesOutAndDelaysNobodyElse() throws Exception {
    try (Receiver slow = new Receiver()) {
      slow.answer(
          call -> {
            await().forever().until(Thread.currentThread()::isInterrupted);
            return Receiver.Answer.of(200);
          });
      Fixture.subscribe(admin, "user.created", "");
      admin.post(
          "/v1/subscriptions",
          "{\"application\":\"mailer\",\"action\":\"user.created\",\"handler\":\""
              + slow.url()
              + "/slow\"}");
      publish(300);
      await().until(() -> receiver.calls().size() == 300);
      assertThat(standing(1).path("lag").asLong(-1)).isBetween(0L, 300L);
      await().until(() -> admin.get("/v1/gists?subscription=2").json().size() > 0);
      assertThat(admin.get("/v1/gists?subscription=2").json().get(0).path("last_error").asString())
          .isEqualTo("no answer within 2000 ms");
    }
  }

  @Test
  void aDeadEndpointDoesNotWearOutTheBacklog() {
    receiver.answer(503);
    Fixture.subscribe(admin, "user.created", "");
    publish(500);
    await().until(() -> receiver.calls().size() > 64 + 3);
    receiver.answer(200);
    await()
        .until(
            () ->
                standing(1).path("lag").asLong() == 0 && standing(1).path("retrying").asInt() == 0);
    assertThat(standing(1).path("dead").asInt()).isLessThan(70);
    assertThat(new HashSet<>(receiver.events())).hasSize(500);
  }

  @Test
  void deliveriesBeginInTheOrderOfTheLog() {
    server.close();
    try {
      server = AmeboServer.start(config().withDelivery(config().delivery().withWindow(1)));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    admin = Wire.admin(server);
    Fixture.subscribe(admin, "user.created", "");
    publish(200);
    await().until(() -> receiver.calls().size() == 200);
    assertThat(receiver.events())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 200).boxed().toList());
  }

  @Test
  void aSubscriptionStartsWhereItSays() {
    publish(10);
    subscribe("/earliest", "earliest");
    subscribe("/seven", "7");
    subscribe("/latest", "latest");
    publish("more", "{\"id\":11}");
    await().until(() -> receiver.calls().size() == 11 + 4 + 1);
    assertThat(eventsAt("/seven")).containsExactlyInAnyOrder(8L, 9L, 10L, 11L);
    assertThat(eventsAt("/latest")).containsExactly(11L);
    assertThat(eventsAt("/earliest")).hasSize(11);
  }

  @Test
  void anEventSleepsUntilItsHour() {
    Fixture.subscribe(admin, "user.created", "");
    long until = System.currentTimeMillis() / 1000 + 2;
    Fixture.expect(
        201,
        admin.post(
            "/v1/events",
            "{\"action\":\"user.created\",\"deduper\":\"s\",\"sleep_until\":"
                + until
                + ",\"payload\":{\"id\":1}}"));
    publish("awake", "{\"id\":2}");
    await().until(() -> receiver.calls().size() == 1);
    assertThat(receiver.events()).containsExactly(2L);
    await().until(() -> admin.get("/v1/gists?state=waiting").json().size() == 1);
    await().until(() -> receiver.calls().size() == 2);
    assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(until * 1000);
  }

  @Test
  void aSleepBeyondAllTimesHoldsUpNobody() throws Exception {
    String event =
        "{\"action\":\"user.created\",\"sleep_until\":1700000000000000000,\"payload\":{\"id\":1}}";
    Wire.Reply refused = admin.post("/v1/events", event);
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.error()).contains("sleep_until", "seconds since the epoch");
    publish(3);
    server.close();
    // As a server before this check has stored it.
    try (Connection db = engine.connect(dsn);
        Statement update = db.createStatement()) {
      update.executeUpdate("UPDATE events SET sleep_until = 1700000000000000000 WHERE id = 2");
    }
    restart();
    subscribe("/hook", "earliest");
    await().until(() -> receiver.calls().size() == 2);
    await().until(() -> standing(1).path("cursor").asLong() == 3);
    assertThat(admin.get("/v1/gists?state=waiting").json()).hasSize(1);
    restart();
    publish("after", "{\"id\":4}");
    await().until(() -> receiver.events().contains(4L));
    assertThat(receiver.events()).containsExactlyInAnyOrder(1L, 3L, 4L);
  }

  @Test
  void aSubscriptionChangesAndEnds() {
    long id = Fixture.subscribe(admin, "user.created", "");
    String path = "/v1/subscriptions/" + id;
    Fixture.expect(200, admin.put(path, "{\"handler\":\"/moved?x=1\",\"max_retries\":9}"));
    publish("d", "{\"id\":1}");
    await().until(() -> receiver.calls().size() == 1);
    assertThat(receiver.calls().get(0).path()).isEqualTo("/moved?x=1");
    assertThat(admin.delete(path).status()).isEqualTo(204);
    assertThat(admin.get(path).status()).isEqualTo(404);
    publish("e", "{\"id\":2}");
    assertThat(admin.get("/v1/gists").json()).as("its past is kept").hasSize(1);
    assertThat(admin.get("/metrics").text()).doesNotContain("subscription=\"1\"");
    Fixture.subscribe(admin, "user.created", "");
    publish("f", "{\"id\":3}");
    await().until(() -> receiver.calls().size() == 2);
    assertThat(receiver.events()).containsExactly(1L, 3L);
  }

  private void subscribe(String handler, String start) {
    Fixture.expect(
        201,
        admin.post(
            "/v1/subscriptions",
            "{\"application\":\"mailer\",\"action\":\"user.*\",\"handler\":\""
                + handler
                + "\",\"start\":\""
                + start
                + "\"}"));
  }

  private List<Long> eventsAt(String path) {
    return receiver.calls().stream()
        .filter(c -> c.path().equals(path))
        .map(Receiver.Call::event)
        .toList();
  }

  private long count(long event) {
    return receiver.events().stream().filter(e -> e == event).count();
  }

  private int delivered() {
    return admin.get("/v1/gists?completed=true&limit=1000").json().size();
  }

  private JsonNode standing(int subscription) {
    return admin.get("/v1/status").json().path("subscriptions").get(subscription - 1);
  }
}
