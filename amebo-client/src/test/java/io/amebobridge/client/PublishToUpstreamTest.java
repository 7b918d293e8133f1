package io.amebobridge.client;

import static io.amebobridge.client.Clients.failure;
import static io.amebobridge.client.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class PublishToUpstreamTest {
  private static final String ONE = "POST /v1/events";
  private static final String LIST = "GET /v1/events";
  private static final NewEvent EVENT = NewEvent.of("a", "{\"n\":1}", "id-1");
  private static final String ROW =
      "[{\"event\":5,\"action\":\"%s\",\"payload\":%s,\"deduper\":\"%s\","
          + "\"timestamped\":\"2025-07-11 10:00:00.123456\"}]";
  private static final String STORED = ROW.formatted("a", "\"{\\\"n\\\": 1}\"", "id-1");

  private ScriptedServer server;
  private AmeboHttpClient client;

  @BeforeEach
  void start() throws IOException {
    server = ScriptedServer.upstream();
    server.on(LIST, 200, "[]");
    client = Clients.to(server);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void theRequestIsWhatTheServerInsistsOn() throws Exception {
    server.on(ONE, 201, "{\"event\":5}");
    assertThat(get(client.publish(EVENT))).isEqualTo(PublishResult.accepted(5));
    ScriptedServer.Asked asked = server.asked(ONE).get(0);
    assertThat(asked.header("Content-type")).isEqualTo("application/json");
    assertThat(asked.headers()).doesNotContainKey("Authorization");
    assertThat(asked.body())
        .isEqualTo(
            "{\"action\":\"a\",\"secret\":\"0123456789abcdef\",\"deduper\":\"id-1\","
                + "\"sleep_until\":1,\"payload\":{\"n\":1}}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"5\"", "\"hello\"", "5", "null", "[1]"})
  void whatIsNoObjectGoesOutAsAStringOfItsTextAndIsRecognised(String payload) throws Exception {
    server.on(ONE, 500, "oops");
    String asText = Json.MAPPER.writeValueAsString(payload);
    server.on(LIST, 200, ROW.formatted("a", asText, "id-1"));
    assertThat(get(client.publish(NewEvent.of("a", payload, "id-1"))))
        .isEqualTo(PublishResult.duplicate(5));
    JsonNode sent = Json.MAPPER.readTree(server.asked(ONE).get(0).body());
    assertThat(sent.get("payload").stringValue()).isEqualTo(payload);
    // As newer versions list it.
    server.on(LIST, 200, ROW.formatted("a", payload, "id-1"));
    assertThat(get(client.publish(NewEvent.of("a", payload, "id-1"))))
        .isEqualTo(PublishResult.duplicate(5));
  }

  @Test
  void sleepUntilCountsFromNowAndIsNeverBelowOne() throws Exception {
    server.on(ONE, 201, "{\"event\":5}");
    long soon = Instant.now().getEpochSecond() + 1000;
    get(client.publish(new NewEvent("a", "{}", null, null, null, soon)));
    get(client.publish(new NewEvent("a", "{}", null, null, null, 7L)));
    JsonNode later = Json.MAPPER.readTree(server.asked(ONE).get(0).body());
    JsonNode past = Json.MAPPER.readTree(server.asked(ONE).get(1).body());
    assertThat(later.get("sleep_until").asLong()).isBetween(900L, 1000L);
    assertThat(past.get("sleep_until").asLong()).isEqualTo(1);
    // Without a deduper each gets its own, so that neither is taken for the other.
    assertThat(later.get("deduper")).isNotEqualTo(past.get("deduper"));
  }

  @ParameterizedTest
  @ValueSource(ints = {406, 409, 413, 422})
  void aRejectionIsAResult(int status) throws Exception {
    server.on(ONE, status, "{\"error\":\"no\"}");
    assertThat(get(client.publish(EVENT))).isEqualTo(PublishResult.rejected(status + ": no"));
    assertThat(server.asked(LIST)).isEmpty();
  }

  @Test
  void a500OfAStoredEventIsADuplicate() throws Exception {
    server.on(ONE, 500, "oops");
    server.on(LIST, 200, STORED);
    assertThat(get(client.publish(EVENT))).isEqualTo(PublishResult.duplicate(5));
    assertThat(server.asked(LIST).get(0).query()).isEqualTo("deduper=id-1");
  }

  /** The server compares a query's text as it is on the wire: seen on amebo 0.5.7. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '!',
      value = {
        "kafka:c:t:0:5#order.placed | kafka:c:t:0:5~23order.placed",
        "a/b@c,d.e-f_G9 | a/b@c,d.e-f_G9",
        "50% a&b=c+d ü~ | 50~25~20a~26b~3Dc~2Bd~20~C3~BC~7E",
      })
  void aDuplicateIsFoundWhateverCharactersItsDeduperHas(String deduper, String onTheWire)
      throws Exception {
    server.on(
        ONE,
        (exchange, asked) -> {
          String stored = Json.MAPPER.readTree(asked.body()).path("deduper").asString();
          server.on(LIST, 200, ROW.formatted("a", "{\"n\":1}", stored));
          ScriptedServer.reply(exchange, 500, "Internal Server Error");
        });
    assertThat(get(client.publish(NewEvent.of("a", "{\"n\":1}", deduper))))
        .isEqualTo(PublishResult.duplicate(5));
    assertThat(server.asked(LIST).get(0).query()).isEqualTo("deduper=" + onTheWire);
    assertThat(client.events(EventQuery.byDeduper(deduper))).hasSize(1);
    assertThat(server.asked(LIST).get(1).query()).isEqualTo("deduper=" + onTheWire);
  }

  @Test
  void a500OfAnEventThatIsNotThereIsUnavailable() throws Exception {
    server.on(ONE, 500, "oops");
    failure(AmeboException.Unavailable.class, client.publish(EVENT));
    server.on(LIST, 200, ROW.formatted("a", "{\"n\":1}", "id-11"));
    failure(AmeboException.Unavailable.class, client.publish(EVENT));
    server.on(LIST, 200, ROW.formatted("b", "{\"n\":2}", "id-1"));
    failure(AmeboException.Unavailable.class, client.publish(EVENT));
  }

  /** Upstream is unique on deduper and payload: another payload there is not this event. */
  @Test
  void anotherPayloadUnderTheSameDeduperIsNeverTakenForTheEvent() throws Exception {
    server.on(LIST, 200, ROW.formatted("a", "\"{\\\"n\\\": 2}\"", "id-1"));
    server.on(ONE, 500, "oops");
    PublishResult result = get(client.publish(EVENT));
    assertThat(result.stored()).isFalse();
    assertThat(result.error()).contains("conflict", "event 5", "another payload");
    server.on(ONE, (exchange, asked) -> exchange.close());
    assertThat(failure(AmeboException.OutcomeUnknown.class, client.publish(EVENT)))
        .hasMessageContaining("event 5 has the same action and deduper and another payload");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"n\":1,\"m\":[1.50,true]} | {\"m\": [1.5, true], \"n\": 1}",
        "{\"n\":1.0} | {\"n\":1}",
        "{\"n\":1e400} | {\"n\":1e400}",
        "{\"n\":12345678901234567890} | {\"n\":12345678901234567890}",
        "null | null"
      })
  void aPayloadIsRecognisedHoweverTheServerWritesIt(String sent, String listed) throws Exception {
    server.on(LIST, 200, ROW.formatted("a", listed, "id-1"));
    server.on(ONE, 500, "oops");
    assertThat(get(client.publish(NewEvent.of("a", sent, "id-1"))))
        .isEqualTo(PublishResult.duplicate(5));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"n\":1} | {\"n\":1,\"m\":2}",
        "{\"n\":1} | {\"m\":1}",
        "{\"n\":9007199254740993} | {\"n\":9007199254740992}",
        "{\"n\":1} | {\"n\":true}",
        "[1,2] | [2,1]",
        "[1] | [1,2]",
        "{} | []"
      })
  void whatDiffersIsAConflict(String sent, String listed) throws Exception {
    server.on(LIST, 200, ROW.formatted("a", listed, "id-1"));
    server.on(ONE, 500, "oops");
    assertThat(get(client.publish(NewEvent.of("a", sent, "id-1"))).error()).contains("conflict");
  }

  @Test
  void a500BecauseAnotherActionHasTheDeduperIsARejectionWithTheRemedy() throws Exception {
    server.on(ONE, 500, "oops");
    server.on(LIST, 200, ROW.formatted("b", "{\"n\": 1}", "id-1"));
    assertThat(get(client.publish(EVENT)).error()).contains("action b", "make the deduper contain");
  }

  /** A full disk says the same: a size is no proof, and what is dead-lettered is settled. */
  @Test
  void a500OfALargePayloadWaitsAndSaysWhatItMayWaitFor() throws Exception {
    NewEvent large = NewEvent.of("a", "{\"s\":\"" + "x".repeat(3000) + "\"}", "id-1");
    server.on(ONE, 500, "Internal Server Error", "Retry-After", "3");
    AmeboException.Unavailable waits =
        failure(AmeboException.Unavailable.class, client.publish(large));
    assertThat(waits).hasMessageContainingAll("500", "2.7 kB", "map a smaller payload");
    assertThat(waits.retryAfter()).contains(Duration.ofSeconds(3));
    assertThat(failure(AmeboException.Unavailable.class, client.publish(EVENT)))
        .hasMessageNotContaining("2.7 kB");
    server.on(LIST, 500, "oops");
    failure(AmeboException.OutcomeUnknown.class, client.publish(large));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "index row size 3096 exceeds btree version 4 maximum 2704 for index \"events_key\"",
        "index row requires 11464 bytes, maximum size is 8191"
      })
  void a500ThatNamesTheIndexLimitIsARejection(String words) throws Exception {
    NewEvent large = NewEvent.of("a", "{\"s\":\"" + "x".repeat(3000) + "\"}", "id-1");
    server.on(ONE, 500, "Traceback " + "x".repeat(1000) + words);
    assertThat(get(client.publish(large)).error())
        .contains("500: an upstream server can't store payloads over about 2.7 kB");
    // Words about something else: this one would fit.
    failure(AmeboException.Unavailable.class, client.publish(EVENT));
  }

  @Test
  void aTimeoutIsResolvedByAskingForTheDeduper() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    server.on(ONE, (exchange, asked) -> never.await());
    try (AmeboHttpClient impatient = Clients.impatient(server)) {
      failure(AmeboException.OutcomeUnknown.class, impatient.publish(EVENT));
      server.on(LIST, 200, STORED);
      assertThat(get(impatient.publish(EVENT))).isEqualTo(PublishResult.accepted(5));
    } finally {
      never.countDown();
    }
  }

  @Test
  void aCutConnectionAndAGatewaysErrorAreResolvedToo() throws Exception {
    server.on(LIST, 200, STORED);
    server.on(ONE, (exchange, asked) -> exchange.close());
    assertThat(get(client.publish(EVENT))).isEqualTo(PublishResult.accepted(5));
    server.on(ONE, 504, "");
    assertThat(get(client.publish(EVENT))).isEqualTo(PublishResult.accepted(5));
    server.on(ONE, 200, "<html>");
    assertThat(get(client.publish(EVENT))).isEqualTo(PublishResult.accepted(5));
    server.on(LIST, 200, "no list");
    failure(AmeboException.OutcomeUnknown.class, client.publish(EVENT));
  }

  @ParameterizedTest
  @CsvSource({"401", "403"})
  void wrongSecretsAreDenied(int status) throws Exception {
    server.on(ONE, status, "no");
    failure(AmeboException.Denied.class, client.publish(EVENT));
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void throttlingIsUnavailable(int status) throws Exception {
    server.on(ONE, status, "", "Retry-After", "3");
    assertThat(failure(AmeboException.Unavailable.class, client.publish(EVENT)).retryAfter())
        .contains(Duration.ofSeconds(3));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 400, 404, 418})
  void anyOtherRefusalKeepsItsStatus(int status) throws Exception {
    server.on(ONE, status, "no");
    assertThat(failure(AmeboException.Refused.class, client.publish(EVENT)).status())
        .isEqualTo(status);
  }

  @Test
  void newerVersionsSayDuplicateAndHaveTextualIds() throws Exception {
    server.on(ONE, 200, "{\"event\":\"9f\",\"duplicate\":true}");
    assertThat(get(client.publish(EVENT))).isEqualTo(PublishResult.duplicate(0));
  }

  @Test
  void thereAreNoBatches() throws Exception {
    assertThat(failure(AmeboException.Refused.class, client.publishBatch(List.of(EVENT))).status())
        .isEqualTo(404);
  }

  @Test
  void aUserCanNotPublish() throws Exception {
    try (AmeboHttpClient admin =
        AmeboHttpClient.builder(server.url(), Credentials.user("root", Secret.of("pw"))).build()) {
      assertThatThrownBy(admin::checkCredentials)
          .isInstanceOf(AmeboException.Denied.class)
          .hasMessageContaining("configure the application and its secret")
          .hasMessageNotContaining("pw");
      failure(AmeboException.Denied.class, admin.publish(EVENT));
    }
    client.checkCredentials();
    assertThat(server.asked(ONE)).isEmpty();
  }

  @Test
  void storedEventsAreReadWithTheirQuirks() throws Exception {
    server.on(LIST, 200, STORED);
    assertThat(client.events(EventQuery.byDeduper("id-1")))
        .containsExactly(
            new StoredEvent(
                5, "a", "{\"n\": 1}", "id-1", null, Instant.parse("2025-07-11T10:00:00.123456Z")));
    assertThatThrownBy(() -> client.events(new EventQuery(null, null, 3L, 10)))
        .isInstanceOf(AmeboException.Refused.class);
  }
}
