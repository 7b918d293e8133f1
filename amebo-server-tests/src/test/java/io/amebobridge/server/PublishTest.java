package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.client.EventQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@OnEveryDatabase
class PublishTest extends ServerTest {
  @Test
  void anEventIsStoredAsSentAndDelivered() {
    Fixture.subscribe(admin, "user.*", "");
    String payload = "{\"id\": 1,  \"email\":\"ä@b.c \\u00e4\"}";
    Wire.Reply stored = admin.post("/v1/events", Fixture.event("user.created", "d1", payload));
    assertThat(stored.status()).isEqualTo(201);
    assertThat(stored.text()).contains("\"payload\":" + payload);
    assertThat(admin.get("/v1/events/1").text()).contains("\"payload\":" + payload);
    await().until(() -> receiver.calls().size() == 1);
    assertThat(receiver.calls().get(0).body()).isEqualTo(payload);
    assertThat(receiver.calls().get(0).path()).isEqualTo("/hook");
  }

  @Test
  void theSameDeduperIsADuplicateForTheSamePayloadOnly() {
    publish("d", "{\"id\":1,\"email\":\"x\"}");
    Wire.Reply again =
        admin.post(
            "/v1/events", Fixture.event("user.created", "d", "{ \"email\":\"x\", \"id\":1}"));
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.header("X-Amebo-Duplicate")).isEqualTo("true");
    assertThat(again.json().path("event").asLong()).isEqualTo(1);
    assertThat(admin.post("/v1/events", Fixture.event("user.created", "d", "{\"id\":2}")).status())
        .isEqualTo(409);
    Wire.Reply other = admin.post("/v1/events", Fixture.event("user.deleted", "d", "{\"id\":2}"));
    assertThat(other.json().path("event").asLong()).as("another action").isEqualTo(2);
    assertThat(admin.get("/v1/events").json()).hasSize(2);
  }

  @Test
  void anApplicationSeesItsOwnSubscriptionsOnly() {
    Fixture.subscribe(admin, "user.*", "");
    Wire mailer = admin.application("mailer", Fixture.OTHER_SECRET);
    Wire shop = admin.application("shop", Fixture.SECRET);
    assertThat(mailer.get("/v1/subscriptions").json()).hasSize(1);
    assertThat(shop.get("/v1/subscriptions").text()).isEqualTo("[]");
    assertThat(shop.get("/v1/subscriptions/1").status()).isEqualTo(403);
  }

  @Test
  void aTokenEndsWithTheSecretItWasIssuedFor() {
    Wire shop = admin.application("shop", Fixture.SECRET);
    assertThat(shop.get("/v1/events").status()).isEqualTo(200);
    String rotated = "{\"secret\":\"a-new-secret-after-a-leak\",\"grace_seconds\":0}";
    assertThat(admin.send("PUT", "/v1/applications/shop", rotated, "application/json").status())
        .isEqualTo(202);
    assertThat(shop.get("/v1/events").status()).isEqualTo(401);
    assertThat(shop.post("/v1/tokens/refresh", "{}").status()).isEqualTo(401);
  }

  @Test
  void eventsWithoutADeduperAreNeverDuplicates() {
    String event = "{\"action\":\"user.created\",\"payload\":{\"id\":1}}";
    assertThat(admin.post("/v1/events", event).json().path("event").asLong()).isEqualTo(1);
    assertThat(admin.post("/v1/events", event).json().path("event").asLong()).isEqualTo(2);
  }

  @Test
  void aBatchAnswersEachItemInOrder() {
    publish("old", "{\"id\":7}");
    String batch =
        "["
            + String.join(
                ",",
                Fixture.event("user.created", "a", "{\"id\":1}"),
                Fixture.event("user.created", "a", "{\"id\": 1}"),
                Fixture.event("user.created", "a", "{\"id\":2}"),
                Fixture.event("user.created", "old", "{\"id\":7}"),
                Fixture.event("user.created", "b", "{\"id\":\"x\"}"),
                Fixture.event("no.such", "c", "{\"id\":1}"),
                "7",
                Fixture.event("user.created", "d", "{\"id\":4}"))
            + "]";
    Wire.Reply reply = admin.post("/v1/events/batch", batch);
    assertThat(reply.status()).isEqualTo(200);
    JsonNode results = reply.json().path("results");
    assertThat(results).hasSize(8);
    assertThat(statuses(results))
        .containsExactly(
            "accepted 2",
            "duplicate 2",
            "rejected 0",
            "duplicate 1",
            "rejected 0",
            "rejected 0",
            "rejected 0",
            "accepted 3");
    assertThat(results.get(2).path("error").asString()).contains("event 2 of this action has it");
    assertThat(results.get(4).path("error").asString())
        .isEqualTo("payload/id - string found, integer expected");
    assertThat(results.get(5).path("error").asString()).contains("no.such is not registered");
    assertThat(results.get(6).path("error").asString()).isEqualTo("is not a JSON object");
  }

  private static List<String> statuses(JsonNode results) {
    List<String> all = new ArrayList<>();
    results.forEach(r -> all.add(r.path("status").asString() + " " + r.path("event").asLong(0)));
    return all;
  }

  @Test
  void aBatchMayBeLines() {
    String lines =
        Fixture.event("user.created", "a", "{\"id\":1}")
            + "\n"
            + Fixture.event("user.created", "b", "{\"id\":2}")
            + "\n";
    Wire.Reply reply = admin.send("POST", "/v1/events/batch", lines, "application/x-ndjson");
    assertThat(statuses(reply.json().path("results"))).containsExactly("accepted 1", "accepted 2");
  }

  @Test
  void aTooLargePayloadInABatchIsRejectedByItself() throws Exception {
    server.close();
    server = AmeboServer.start(config().withMaxPayloadBytes(1024));
    admin = Wire.admin(server);
    String large = "{\"id\":1,\"email\":\"" + "x".repeat(2000) + "\"}";
    String batch =
        "["
            + Fixture.event("user.created", "a", large)
            + ","
            + Fixture.event("user.created", "b", "{\"id\":1}")
            + "]";
    JsonNode results = admin.post("/v1/events/batch", batch).json().path("results");
    assertThat(statuses(results)).containsExactly("rejected 0", "accepted 1");
    assertThat(results.get(0).path("error").asString()).contains("allowed: 1024");
  }

  @Test
  void keyAndSourceAreKept() {
    String event =
        "{\"action\":\"user.created\",\"payload\":{\"id\":1},\"deduper\":\"k\",\"key\":\"user-1\","
            + "\"source\":{\"system\":\"kafka:c\",\"stream\":\"t\",\"partition\":3,\"offset\":5000000000}}";
    Fixture.expect(200, admin.post("/v1/events/batch", "[" + event + "]"));
    JsonNode row = admin.get("/v1/events?deduper=k").json().get(0);
    assertThat(row.path("key").asString()).isEqualTo("user-1");
    assertThat(row.path("source").path("partition").asInt()).isEqualTo(3);
    assertThat(row.path("source").path("offset").asLong()).isEqualTo(5_000_000_000L);
  }

  @Test
  void concurrentPublishersOfTheSameEventStoreItOnceAndIdsHaveNoGaps() {
    List<CompletableFuture<Wire.Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      String payload = "{\"id\":" + i % 100 + "}";
      replies.add(
          admin.postAsync("/v1/events", Fixture.event("user.created", "d" + i % 100, payload)));
    }
    Set<Long> ids = new TreeSet<>();
    int duplicates = 0;
    for (CompletableFuture<Wire.Reply> pending : replies) {
      Wire.Reply reply = pending.join();
      assertThat(reply.status()).isEqualTo(201);
      ids.add(reply.json().path("event").asLong());
      duplicates += reply.header("X-Amebo-Duplicate") == null ? 0 : 1;
    }
    assertThat(duplicates).isEqualTo(300);
    assertThat(ids).hasSize(100).contains(1L, 100L);
    String metrics = admin.get("/metrics").text();
    assertThat(metrics)
        .contains("amebo_events_total{action=\"user.created\",outcome=\"duplicate\"} 300.0");
  }

  @Test
  void manySinglesShareATransaction() {
    List<CompletableFuture<Wire.Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      replies.add(
          admin.postAsync("/v1/events", Fixture.event("user.created", "g" + i, "{\"id\":1}")));
    }
    replies.forEach(reply -> assertThat(reply.join().status()).isEqualTo(201));
    assertThat(counter("amebo_commit_events_sum")).isEqualTo(300);
    assertThat(counter("amebo_commit_events_count")).isLessThan(300);
  }

  private double counter(String name) {
    return admin
        .get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void listsArePagedWithLinksAndCounts() {
    publish(40);
    Wire.Reply first = admin.get("/v1/events");
    assertThat(first.json()).hasSize(15);
    assertThat(first.header("X-Total-Count")).isEqualTo("40");
    assertThat(first.header("Link"))
        .contains("</v1/events?page=2>; rel=\"next\"", "page=3>; rel=\"last\"");
    Wire.Reply last = admin.get("/v1/events?page=3&pagination=15&action=user.created");
    assertThat(last.json()).hasSize(10);
    assertThat(last.json().get(0).path("event").asLong()).isEqualTo(31);
    assertThat(last.header("Link")).doesNotContain("next").contains("action=user.created");
    JsonNode envelope = admin.get("/v1/events?envelope=1&per_page=7&page=2").json();
    assertThat(envelope.path("data").get(0).path("event").asLong()).isEqualTo(8);
    assertThat(envelope.path("meta").path("pages").asInt()).isEqualTo(6);
    assertThat(envelope.path("meta").path("total").asInt()).isEqualTo(40);
  }

  @Test
  void eventsAreFiltered() {
    publish(20);
    publish("other", "{\"id\":99}");
    assertThat(admin.get("/v1/events?after=18").json()).hasSize(3);
    assertThat(admin.get("/v1/events?after=18").header("X-Total-Count")).isEqualTo("3");
    assertThat(admin.get("/v1/events?id=4").json().get(0).path("deduper").asString())
        .isEqualTo("n4");
    assertThat(admin.get("/v1/events?payload=99").json()).hasSize(1);
    assertThat(admin.get("/v1/events?action=user.deleted").json()).isEmpty();
    assertThat(admin.get("/v1/events?application=shop&limit=100").json()).hasSize(21);
    assertThat(admin.get("/v1/events?from=2999-01-01T00:00:00Z").json()).isEmpty();
    assertThat(admin.get("/v1/events?to=2999-01-01T00:00:00Z&limit=100").json()).hasSize(21);
  }

  @Test
  void aLongListIsCutAndLinksToItsRest() throws Exception {
    String large = "{\"id\":1,\"email\":\"" + "x".repeat(900_000) + "\"}";
    Fixture.subscribe(admin, "user.created", "");
    for (int i = 1; i <= 12; i++) {
      publish("l" + i, large);
    }
    Wire.Reply first = admin.get("/v1/events?limit=1000");
    int size = first.json().size();
    assertThat(size).isBetween(8, 11);
    assertThat(first.header("X-Total-Count")).isEqualTo("12");
    String link = first.header("Link");
    Matcher next = Pattern.compile("<([^>]*)>; rel=\"next\"").matcher(String.valueOf(link));
    assertThat(next.find()).as(link).isTrue();
    JsonNode rest = admin.get(next.group(1)).json();
    assertThat(rest.get(0).path("event").asInt()).isEqualTo(size + 1);
    assertThat(rest).hasSize(12 - size);
    assertThat(server.api().events(new EventQuery(null, null, 0L, 1000))).hasSize(12);
    await().until(() -> receiver.calls().size() == 12);
  }

  @Test
  void theSourceIsBounded() {
    String event =
        "{\"action\":\"user.created\",\"payload\":{\"id\":1},\"source\":{\"system\":\""
            + "s".repeat(513)
            + "\",\"stream\":\"t\"}}";
    JsonNode results = admin.post("/v1/events/batch", "[" + event + "]").json().path("results");
    assertThat(results.get(0).path("error").asString()).contains("source.system - has 513");
  }
}
