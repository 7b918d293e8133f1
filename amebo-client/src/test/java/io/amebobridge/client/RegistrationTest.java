package io.amebobridge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrationTest {
  private static final ApplicationSpec APPLICATION =
      new ApplicationSpec("shop", "http://shop:1", Secret.of("shop-secret-0123"));
  private static final ActionSpec ACTION =
      new ActionSpec("user.created", "shop", "{\"type\":\"object\",\"minimum\":1}", Clients.SECRET);
  private static final SubscriptionSpec SUBSCRIPTION =
      new SubscriptionSpec("shop", "user.*", "/hook", Clients.SECRET, 5, SubscriptionSpec.LATEST);

  private ScriptedServer server;
  private AmeboHttpClient client;

  @BeforeEach
  void start() throws IOException {
    server = ScriptedServer.ours();
    client =
        AmeboHttpClient.builder(server.url(), Credentials.user("root", Secret.of("pw"))).build();
    server.on(
        "GET /v1/applications",
        200,
        "[{\"application\":\"shop2\",\"address\":\"http://x\"},"
            + "{\"application\":\"shop\",\"address\":\"http://shop:1\",\"secret\":\"****\"}]");
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void whatIsNewIsRegistered() throws Exception {
    for (String what : List.of("applications", "actions", "subscriptions")) {
      server.on("POST /v1/" + what, 201, "{}");
    }
    client.register(APPLICATION);
    client.register(ACTION);
    client.register(SUBSCRIPTION);
    assertThat(server.asked("POST /v1/applications").get(0).body())
        .isEqualTo(
            "{\"application\":\"shop\",\"address\":\"http://shop:1\",\"secret\":\"shop-secret-0123\"}");
    assertThat(server.asked("POST /v1/actions").get(0).body())
        .isEqualTo(
            "{\"action\":\"user.created\",\"application\":\"shop\",\"schemata\":"
                + "{\"type\":\"object\",\"minimum\":1},\"secret\":\"0123456789abcdef\"}");
    assertThat(server.asked("POST /v1/subscriptions").get(0).body())
        .isEqualTo(
            "{\"application\":\"shop\",\"action\":\"user.*\",\"handler\":\"/hook\","
                + "\"secret\":\"0123456789abcdef\",\"max_retries\":5,\"start\":\"latest\"}");
  }

  @ParameterizedTest
  @ValueSource(ints = {406, 409, 426})
  void theSameAgainIsNoError(int taken) throws Exception {
    for (String what : List.of("applications", "actions", "subscriptions")) {
      server.on("POST /v1/" + what, taken, "{\"error\":\"there\"}");
    }
    server.on(
        "GET /v1/actions",
        200,
        "[{\"action\":\"user.created\",\"application\":\"shop\","
            + "\"schemata\":\"{\\\"minimum\\\":1.0,\\\"type\\\":\\\"object\\\"}\"}]");
    server.on(
        "GET /v1/subscriptions",
        200,
        "[{\"application\":\"shop\",\"action\":\"user.*\",\"endpoint\":\"http://shop:1/hook\"}]");
    client.register(APPLICATION);
    client.register(ACTION);
    client.register(SUBSCRIPTION);
  }

  @Test
  void theSameAgainIsFoundOnAnyPage() throws Exception {
    server.on("POST /v1/subscriptions", 426, "{\"error\":\"there\"}");
    String row =
        "{\"application\":\"shop\",\"action\":\"user.*\",\"endpoint\":\"http://shop:1/%s\"}";
    server.on(
        "GET /v1/subscriptions",
        (exchange, asked) -> {
          int size = asked.query().contains("limit=1000") ? 1000 : 15;
          boolean second = asked.query().contains("page=2");
          String others = (row.formatted("other") + ",").repeat(size - 1) + row.formatted("other");
          ScriptedServer.reply(
              exchange, 200, "[" + (second ? row.formatted("hook") : others) + "]");
        });
    assertThatCode(() -> client.register(SUBSCRIPTION)).doesNotThrowAnyException();
    assertThat(server.asked("GET /v1/subscriptions")).hasSize(2);
  }

  @Test
  void anotherAddressIsRefused() {
    server.on("POST /v1/applications", 409, "{}");
    ApplicationSpec moved = new ApplicationSpec("shop", "http://moved", Clients.SECRET);
    assertThatThrownBy(() -> client.register(moved))
        .isInstanceOf(AmeboException.Refused.class)
        .hasMessageContaining("http://shop:1, not http://moved");
  }

  @Test
  void anotherSecretIsRefusedAsItsTokenIs() {
    server.on("POST /v1/applications", 409, "{}");
    server.on(
        "POST /v1/tokens",
        (exchange, asked) -> {
          boolean admin = asked.body().contains("root");
          ScriptedServer.reply(exchange, admin ? 202 : 401, "{\"token\":\"t\"}");
        });
    assertThatThrownBy(() -> client.register(APPLICATION))
        .isInstanceOf(AmeboException.Refused.class)
        .hasMessageContaining("another secret")
        .hasMessageNotContaining("shop-secret-0123");
  }

  @Test
  void anotherSchemaIsRefusedNamingTheDifference() {
    server.on("POST /v1/actions", 426, "{}");
    server.on(
        "GET /v1/actions",
        200,
        "[{\"action\":\"user.created\",\"application\":\"shop\","
            + "\"schemata\":{\"type\":\"array\",\"minimum\":1}}]");
    assertThatThrownBy(() -> client.register(ACTION))
        .isInstanceOf(AmeboException.Refused.class)
        .hasMessageContaining("/type: there \"array\", here \"object\"");
    server.on("GET /v1/actions", 200, "[{\"action\":\"user.created\",\"application\":\"other\"}]");
    assertThatThrownBy(() -> client.register(ACTION))
        .hasMessageContaining("belongs to the application other");
  }

  @Test
  void aDuplicateThatIsNotThereIsTheServersError() {
    server.on("POST /v1/subscriptions", 426, "{\"error\":\"no such action\"}");
    server.on(
        "GET /v1/subscriptions",
        200,
        "[{\"application\":\"shop\",\"action\":\"user.*\",\"endpoint\":\"http://shop:1/other/hook\"}]");
    assertThatThrownBy(() -> client.register(SUBSCRIPTION))
        .isInstanceOf(AmeboException.Refused.class)
        .hasMessageContaining("no such action");
  }

  @Test
  void otherAnswersAreWhatTheySay() {
    server.on("POST /v1/subscriptions", 417, "{}");
    assertThatThrownBy(() -> client.register(SUBSCRIPTION))
        .isInstanceOf(AmeboException.Denied.class);
    server.on("POST /v1/actions", 401, "{}");
    assertThatThrownBy(() -> client.register(ACTION)).isInstanceOf(AmeboException.Denied.class);
    server.on("POST /v1/actions", 400, "{\"error\":\"schemata - bad\"}");
    assertThatThrownBy(() -> client.register(ACTION))
        .isInstanceOf(AmeboException.Refused.class)
        .hasMessageContaining("schemata - bad");
    server.on("POST /v1/actions", 503, "{}");
    assertThatThrownBy(() -> client.register(ACTION))
        .isInstanceOf(AmeboException.Unavailable.class);
    ActionSpec broken = new ActionSpec("a", "shop", "{}, \"x\":1", Clients.SECRET);
    assertThatThrownBy(() -> client.register(broken)).isInstanceOf(AmeboException.Refused.class);
  }

  @Test
  void anUpstreamServerStartsAtLatestOnly() throws Exception {
    try (ScriptedServer upstream = ScriptedServer.upstream();
        AmeboHttpClient other = Clients.to(upstream)) {
      upstream.on("POST /v1/subscriptions", 201, "{}");
      assertThatCode(() -> other.register(SUBSCRIPTION)).doesNotThrowAnyException();
      SubscriptionSpec early =
          new SubscriptionSpec("shop", "a", "/h", Clients.SECRET, 3, SubscriptionSpec.EARLIEST);
      assertThatThrownBy(() -> other.register(early)).isInstanceOf(AmeboException.Refused.class);
      assertThat(upstream.asked("POST /v1/subscriptions").get(0).body()).doesNotContain("start");
    }
  }

  @Test
  void eventsAreListedPageByPageWithTheirTextAsStored() throws Exception {
    String payload = "{ \"n\": 1.00, \"s\":\"é\\\"}\", \"l\":[1 , 2] }";
    server.on(
        "GET /v1/events",
        (exchange, asked) -> {
          long after =
              asked.query().contains("after=7") ? 7 : asked.query().contains("after=8") ? 8 : 0;
          String row =
              "{\"event\":%d,\"new\":{\"x\":[]},\"source\":{\"system\":\"k\",\"stream\":\"é\","
                  + "\"partition\":1,\"offset\":2},\"payload\":%s ,\"action\":\"a\","
                  + "\"deduper\":null,\"timestamped\":\"2026-01-01T00:00:00Z\"}";
          String body =
              after == 0
                  ? "[" + row.formatted(7, payload) + "]"
                  : after == 7 ? "[" + row.formatted(8, "\"text\"") + "]" : "[]";
          ScriptedServer.reply(exchange, 200, body);
        });
    SourceCoordinates source = new SourceCoordinates("k", "é", 1, 2L);
    Instant at = Instant.parse("2026-01-01T00:00:00Z");
    assertThat(client.events(new EventQuery("a", null, null, 10)))
        .containsExactly(
            new StoredEvent(7, "a", payload, null, source, at),
            new StoredEvent(8, "a", "\"text\"", null, source, at));
    assertThat(client.events(new EventQuery("a", null, null, 1))).hasSize(1);
    server.on("GET /v1/events", 200, "[{\"event\":7,\"action\":\"a\",\"payload\":tru");
    assertThatThrownBy(() -> client.events(new EventQuery(null, null, null, 10)))
        .isInstanceOf(AmeboException.Refused.class);
  }

  /** Seen on amebo 0.5.7: it stores an address without a path with a slash. */
  @Test
  void theSlashThatAServerAddsToAnAddressIsNoDifference() throws Exception {
    server.on("POST /v1/applications", 406, "{\"error\":\"there\"}");
    server.on(
        "GET /v1/applications",
        200,
        "[{\"application\":\"shop\",\"address\":\"http://shop:1/\",\"secret\":\"****\"}]");
    assertThatCode(() -> client.register(APPLICATION)).doesNotThrowAnyException();
    server.on(
        "GET /v1/applications",
        200,
        "[{\"application\":\"shop\",\"address\":\"http://shop:1/other\",\"secret\":\"****\"}]");
    assertThatThrownBy(() -> client.register(APPLICATION))
        .isInstanceOf(AmeboException.Refused.class);
  }
}
