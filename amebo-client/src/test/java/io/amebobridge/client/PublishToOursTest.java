package io.amebobridge.client;

import static io.amebobridge.client.Clients.failure;
import static io.amebobridge.client.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class PublishToOursTest {
  private static final String ONE = "POST /v1/events";
  private static final String BATCH = "POST /v1/events/batch";
  private static final NewEvent EVENT = NewEvent.of("user.created", "{\"n\":1}", "id-1");

  private ScriptedServer server;
  private AmeboHttpClient client;

  @BeforeEach
  void start() throws IOException {
    server = ScriptedServer.ours();
    client = Clients.to(server);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void anEventGoesOutWholeAndItsPayloadUntouched() throws Exception {
    server.on(ONE, 201, "{\"event\":17}");
    String payload = "{\"n\": 1.00, \"big\":123456789012345678901234567890, \"s\":\"\\u00e9é\"}";
    NewEvent event =
        new NewEvent(
            "user.created",
            payload,
            "id",
            "k\"ey",
            new SourceCoordinates("kafka:c", "t", 3, 42L),
            7L);
    assertThat(get(client.publish(event))).isEqualTo(PublishResult.accepted(17));
    ScriptedServer.Asked asked = server.asked(ONE).get(0);
    assertThat(asked.body()).contains("\"payload\":" + payload);
    assertThat(asked.header("Content-type")).isEqualTo("application/json");
    assertThat(asked.header("Authorization")).isEqualTo("Bearer t1");
    JsonNode json = Json.MAPPER.readTree(asked.body());
    assertThat(json.get("key").stringValue()).isEqualTo("k\"ey");
    assertThat(json.get("sleep_until").asLong()).isEqualTo(7);
    assertThat(json.get("source").toString())
        .isEqualTo("{\"system\":\"kafka:c\",\"stream\":\"t\",\"partition\":3,\"offset\":42}");
  }

  /** Servers take a string for JSON text: sent as it is, "5" would become a number. */
  @ParameterizedTest
  @ValueSource(strings = {"\"5\"", "\"hello\"", " \n\"a\\\"\\u00e9b\"", "\"\""})
  void aPayloadThatIsAStringGoesOutAsItsText(String payload) throws Exception {
    server.on(ONE, 201, "{\"event\":17}");
    server.on(BATCH, 200, "{\"results\":[{\"status\":\"accepted\",\"event\":17}]}");
    NewEvent event = NewEvent.of("a", payload, "id-1");
    get(client.publish(event));
    get(client.publishBatch(List.of(event)));
    JsonNode one = Json.MAPPER.readTree(server.asked(ONE).get(0).body());
    JsonNode batch = Json.MAPPER.readTree(server.asked(BATCH).get(0).body());
    assertThat(one.get("payload").stringValue()).isEqualTo(payload);
    assertThat(batch.get(0).get("payload").stringValue()).isEqualTo(payload);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "true", "null", "[\"5\"]", " {\"a\":\"5\"}"})
  void anyOtherPayloadGoesOutAsItIs(String payload) throws Exception {
    server.on(ONE, 201, "{\"event\":17}");
    get(client.publish(NewEvent.of("a", payload, "id-1")));
    assertThat(server.asked(ONE).get(0).body()).contains("\"payload\":" + payload + ",");
  }

  @Test
  void aDuplicateIsRecognised() throws Exception {
    server.on(ONE, 201, "{\"event\":17}", "X-Amebo-Duplicate", "true");
    assertThat(get(client.publish(EVENT))).isEqualTo(PublishResult.duplicate(17));
  }

  @ParameterizedTest
  @ValueSource(ints = {406, 409, 413, 422})
  void aRejectionIsAResultWithTheServersWords(int status) throws Exception {
    server.on(ONE, status, "{\"error\":\"age - not\\nan integer\"}");
    PublishResult result = get(client.publish(EVENT));
    assertThat(result.stored()).isFalse();
    assertThat(result.error()).isEqualTo(status + ": age - not an integer");
  }

  @Test
  void theServersWordsAreCutToABearableLength() throws Exception {
    server.on(ONE, 406, "x".repeat(100_000));
    assertThat(get(client.publish(EVENT)).error()).hasSizeLessThan(600);
  }

  @Test
  void soAreTheWordsWithinABatch() throws Exception {
    String error = "x\\ny".repeat(1000);
    server.on(BATCH, 200, "{\"results\":[{\"status\":\"rejected\",\"error\":\"" + error + "\"}]}");
    assertThat(get(client.publishBatch(List.of(EVENT))).get(0).error())
        .startsWith("x yx y")
        .hasSizeLessThan(600);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 503, 599})
  void aServerThatCanNotNowIsUnavailable(int status) throws Exception {
    server.on(ONE, status, "", "Retry-After", "7");
    AmeboException.Unavailable e = failure(AmeboException.Unavailable.class, client.publish(EVENT));
    assertThat(e.retryAfter()).contains(Duration.ofSeconds(7));
    // Nothing below the client repeats a request on its own.
    assertThat(server.asked(ONE)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 503})
  void notEvenRetryAfterZeroMakesTheHttpLayerRepeat(int status) throws Exception {
    server.on(ONE, status, "", "Retry-After", "0");
    AmeboException.Unavailable e = failure(AmeboException.Unavailable.class, client.publish(EVENT));
    assertThat(e.retryAfter()).contains(Duration.ZERO);
    assertThat(server.asked(ONE)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {502, 504})
  void aGatewayThatGaveUpDoesNotKnow(int status) throws Exception {
    server.on(ONE, status, "<html>Bad", "Content-Type", "text/html");
    failure(AmeboException.OutcomeUnknown.class, client.publish(EVENT));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 405, 415, 418, 501})
  void anyOtherRefusalKeepsItsStatus(int status) throws Exception {
    server.on(ONE, status, "{\"error\":\"no\"}");
    AmeboException.Refused e = failure(AmeboException.Refused.class, client.publish(EVENT));
    assertThat(e.status()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({"301", "302", "303", "307", "308"})
  void aRedirectIsNotFollowedAndNamesItsHost(int status) throws Exception {
    server.on(ONE, status, "", "Location", "https://other.example:8443/v1/events?token=hidden");
    AmeboException.Refused e = failure(AmeboException.Refused.class, client.publish(EVENT));
    assertThat(e.status()).isEqualTo(status);
    assertThat(e).hasMessageContaining("https://other.example:8443");
    assertThat(e.getMessage()).doesNotContain("hidden");
    assertThat(server.asked(ONE)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>Welcome</html>", "{}", "[]", "{\"event\":null}"})
  void aSuccessWithoutAnEventIsNoSuccess(String body) throws Exception {
    server.on(ONE, 201, body);
    failure(AmeboException.OutcomeUnknown.class, client.publish(EVENT));
  }

  @Test
  void anotherSuccessIsNoSuccess() throws Exception {
    server.on(ONE, 204, "");
    failure(AmeboException.OutcomeUnknown.class, client.publish(EVENT));
  }

  @Test
  void aTimeoutAfterTheRequestWentOutIsUnknown() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    server.on(ONE, (exchange, asked) -> never.await());
    try (AmeboHttpClient impatient = Clients.impatient(server)) {
      failure(AmeboException.OutcomeUnknown.class, impatient.publish(EVENT));
    } finally {
      never.countDown();
    }
  }

  @Test
  void aConnectionCutBeforeTheAnswerIsUnknownAndNotRepeated() throws Exception {
    server.on(ONE, (exchange, asked) -> exchange.close());
    client.status();
    failure(AmeboException.OutcomeUnknown.class, client.publish(EVENT));
    assertThat(server.asked(ONE)).hasSize(1);
  }

  @Test
  void aConnectionCutWithinTheAnswerIsUnknown() throws Exception {
    server.on(
        BATCH,
        (exchange, asked) -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write("{\"results\":[".getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
          throw new IOException("cut");
        });
    failure(AmeboException.OutcomeUnknown.class, client.publishBatch(List.of(EVENT)));
    assertThat(server.asked(BATCH)).hasSize(1);
  }

  @Test
  void anEndlessAnswerIsCutOff() throws Exception {
    server.on(ONE, 201, "{\"event\":17, \"x\":\"" + "x".repeat(5000) + "\"}");
    try (AmeboHttpClient strict =
        AmeboHttpClient.builder(server.url(), Clients.APP).maxResponseBytes(4000).build()) {
      assertThat(failure(AmeboException.OutcomeUnknown.class, strict.publish(EVENT)))
          .hasMessageContaining("4000 bytes");
    }
  }

  @Test
  void aRefusedConnectionIsUnavailableSinceNothingWasSent() throws Exception {
    // No connection is kept, so that the last call must make one.
    server.on(
        "POST /v1/tokens", 202, "{\"token\":\"t\",\"expires_in\":3600}", "Connection", "close");
    server.on(ONE, 201, "{\"event\":1}", "Connection", "close");
    get(client.publish(EVENT));
    server.close();
    failure(AmeboException.Unavailable.class, client.publish(EVENT));
  }

  @Test
  void aBatchHasOneResultPerEventInOrder() throws Exception {
    server.on(
        BATCH,
        200,
        "{\"results\":[{\"status\":\"accepted\",\"event\":1},{\"status\":\"duplicate\",\"event\":9},"
            + "{\"status\":\"rejected\",\"error\":\"age\"}]}");
    NewEvent other = NewEvent.of("b", "[1,2]", null);
    assertThat(get(client.publishBatch(List.of(EVENT, other, EVENT))))
        .containsExactly(
            PublishResult.accepted(1), PublishResult.duplicate(9), PublishResult.rejected("age"));
    assertThat(server.asked(BATCH).get(0).body())
        .isEqualTo(
            "[{\"action\":\"user.created\",\"payload\":{\"n\":1},\"deduper\":\"id-1\"},"
                + "{\"action\":\"b\",\"payload\":[1,2]},"
                + "{\"action\":\"user.created\",\"payload\":{\"n\":1},\"deduper\":\"id-1\"}]");
    assertThat(server.asked(BATCH).get(0).header("Content-type")).isEqualTo("application/json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"results\":[]}",
        "{\"results\":[{\"status\":\"accepted\"},{\"status\":\"accepted\"}]}",
        "{\"results\":[{\"status\":\"perhaps\"}]}",
        "{\"results\":[7]}",
        "{\"results\":7}",
        "[]",
        "ok"
      })
  void resultsThatDoNotMatchAreUnknown(String body) throws Exception {
    server.on(BATCH, 200, body);
    failure(AmeboException.OutcomeUnknown.class, client.publishBatch(List.of(EVENT)));
  }

  @Test
  void aBatchThatIsTooLargeIsRefused() throws Exception {
    server.on(BATCH, 413, "{\"error\":\"too large\"}");
    AmeboException.Refused e =
        failure(AmeboException.Refused.class, client.publishBatch(List.of(EVENT, EVENT)));
    assertThat(e.status()).isEqualTo(413);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1}},{\"action\":\"admin.delete\",\"payload\":{}",
        "{},\"deduper\":\"forged\",\"x\":{}",
        "{} {}",
        "{",
        "",
        "hello",
        "{\"s\":\"\uD800\"}",
        "\uFEFF{}",
        "\u0000{\u0000}",
        "{\"s\":\"line\nbreak\"}",
        "NaN",
        "{\"a\":1,}",
        "/**/{}"
      })
  void aPayloadCanNotBreakOutOfItsPlaceAndSparesItsNeighbours(String bad) throws Exception {
    server.on(
        BATCH,
        200,
        "{\"results\":[{\"status\":\"accepted\",\"event\":1},{\"status\":\"accepted\",\"event\":2}]}");
    List<PublishResult> results =
        get(client.publishBatch(List.of(EVENT, NewEvent.of("x", bad, "id"), EVENT)));
    assertThat(results.get(1).stored()).isFalse();
    assertThat(results.get(1).error()).doesNotContain("admin", "forged", "hello");
    assertThat(results.get(0)).isEqualTo(PublishResult.accepted(1));
    assertThat(results.get(2)).isEqualTo(PublishResult.accepted(2));
    assertThat(get(client.publish(NewEvent.of("x", bad, "id"))).stored()).isFalse();
    assertThat(server.asked(ONE)).isEmpty();
  }

  @Test
  void anEmptyBatchAsksNothing() throws Exception {
    assertThat(get(client.publishBatch(List.of()))).isEmpty();
    assertThat(server.asked(BATCH)).isEmpty();
  }

  @Test
  void manyCallsShareConnectionsAndAllAnswer() throws Exception {
    AtomicInteger ids = new AtomicInteger();
    server.on(
        ONE,
        (exchange, asked) ->
            ScriptedServer.reply(exchange, 201, "{\"event\":" + ids.incrementAndGet() + "}"));
    var all =
        java.util.stream.IntStream.range(0, 500).mapToObj(i -> client.publish(EVENT)).toList();
    for (var one : all) assertThat(get(one).stored()).isTrue();
    assertThat(server.asked("POST /v1/tokens")).hasSize(1);
    assertThat(server.asked("GET /v1/status")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"3,3", "0,0", " 9 ,9", "600,300", "99999999999999999999,300"})
  void retryAfterInSecondsIsCapped(String header, long seconds) {
    assertThat(Optional.ofNullable(RetryAfter.parse(header, Instant.EPOCH)))
        .contains(Duration.ofSeconds(seconds));
  }

  @Test
  void retryAfterMayBeADate() {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    for (long seconds : new long[] {-60, 0, 42, 100_000}) {
      String date =
          DateTimeFormatter.RFC_1123_DATE_TIME.format(
              ZonedDateTime.ofInstant(now.plusSeconds(seconds), ZoneOffset.UTC));
      assertThat(Optional.ofNullable(RetryAfter.parse(date, now)))
          .contains(Duration.ofSeconds(Math.min(300, Math.max(0, seconds))));
    }
    for (String bad : List.of("", "soon", "-1", "1.5", "2026-01-01T00:00:00Z")) {
      assertThat(Optional.ofNullable(RetryAfter.parse(bad, now))).isEmpty();
    }
  }
}
