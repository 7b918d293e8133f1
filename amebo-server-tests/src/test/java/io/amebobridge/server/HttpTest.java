package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.client.ActionSpec;
import io.amebobridge.client.AmeboException;
import io.amebobridge.client.ApplicationSpec;
import io.amebobridge.client.Secret;
import io.amebobridge.client.SubscriptionSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What HTTP is apart from the routes: queries, limits, origins, pages, and where an error is. */
class HttpTest extends ServerTest {
  private static final Secret SECRET = Secret.of("the-bridges-own-secret");
  private static final String ORIGIN = "https://console.example.com";

  @Override
  ServerConfig config() {
    return super.config()
        .withHttp(HttpSettings.defaults().withCorsOrigins(List.of(ORIGIN)))
        .withMaxPayloadBytes(1 << 20);
  }

  private void restartWith(HttpSettings settings) throws IOException {
    server.close();
    server = AmeboServer.start(config().withHttp(settings));
    admin = Wire.admin(server);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/events?id=%zz", "/v1/events?%=1", "/v1/applications?page=%e"})
  void aQueryThatIsNotPercentEncodedIs400(String path) throws IOException {
    String answer =
        raw(
            "GET "
                + path
                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                + admin.token()
                + "\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 400 ").contains("{\"error\":\"query - ");
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aMalformedPathIsARefusalAndNoFailure() throws IOException {
    assertThat(raw("GET /v1/events/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 4");
  }

  @Test
  void aDuplicateIsAnsweredWithWhatIsStored() {
    String first =
        "{\"action\":\"user.created\",\"deduper\":\"d\",\"key\":\"k1\",\"sleep_until\":2000000000,"
            + "\"source\":{\"system\":\"s\",\"stream\":\"t\",\"offset\":1},\"payload\":{\"id\": 1}}";
    Wire.Reply stored = admin.post("/v1/events", first);
    String again =
        "{\"action\":\"user.created\",\"deduper\":\"d\",\"key\":\"k2\",\"sleep_until\":null,"
            + "\"source\":{\"system\":\"s\",\"stream\":\"t\",\"offset\":2},\"payload\":{\"id\":1}}";
    Wire.Reply duplicate = admin.post("/v1/events", again);
    assertThat(duplicate.header("X-Amebo-Duplicate")).isEqualTo("true");
    assertThat(duplicate.text()).isEqualTo(stored.text()).contains("\"k1\"", "2000000000");
  }

  /** An upstream server counts from now; a time before 2001 is never meant. */
  @Test
  void aShortSleepUntilCountsFromNow() {
    String event = Fixture.event("user.created", "d", "{\"id\":1}").replace("null", "3600");
    long before = Instant.now().getEpochSecond();
    long until = admin.post("/v1/events", event).json().path("sleep_until").asLong();
    assertThat(until).isBetween(before + 3600, Instant.now().getEpochSecond() + 3600);
    String atATime = event.replace("3600", "2000000000").replace("\"d\"", "\"e\"");
    assertThat(admin.post("/v1/events", atATime).json().path("sleep_until").asLong())
        .isEqualTo(2_000_000_000);
  }

  @Test
  void anErrorInABatchSaysWhere() {
    String good = Fixture.event("user.created", "a", "{\"id\":1}");
    Wire.Reply cut = admin.post("/v1/events/batch", "[" + good + ",\n" + good + ",{\"action\":}]");
    assertThat(cut.status()).isEqualTo(400);
    assertThat(cut.error()).contains("line 2, column", "event 2");
    String wrong = Fixture.event("user.created", "b", "{\"id\":\"x\"}");
    assertThat(
            admin
                .post("/v1/events/batch", "[" + good + "," + wrong + "]")
                .json()
                .at("/results/1/error")
                .asString())
        .contains("payload/id - ");
  }

  @Test
  void aBodyThatIsTooLargeSaysByHowMuch() {
    Wire.Reply refused = admin.post("/v1/tokens", " ".repeat(20_000));
    assertThat(refused.status()).isEqualTo(413);
    assertThat(refused.error()).contains("has 20000 bytes", "allowed: 16384 bytes");
  }

  @Test
  void thePagesOfALargeListAreLinkedByIdsAndNoneIsLeftOut() {
    String payload = "{\"id\":1,\"email\":\"" + "x".repeat(1_000_000) + "\"}";
    for (int i = 0; i < 12; i++) {
      publish("n" + i, payload);
    }
    String next = "/v1/events?pagination=100";
    int found = 0;
    for (int pages = 0; !next.isEmpty() && pages < 10; pages++) {
      Wire.Reply page = admin.get(next);
      found += page.json().size();
      String link = String.valueOf(page.header("Link"));
      next = link.replaceFirst("(?s).*?<([^>]*)>; rel=\"next\".*|.*", "$1");
      assertThat(link.contains("rel=\"last\"")).as(link).isEqualTo(next.isEmpty());
    }
    assertThat(found).isEqualTo(12);
  }

  /** Counting on would read the whole log for each page. */
  @Test
  void aVeryLongListIsCountedUpToALimitAndSaysSo() {
    String event = "{\"action\":\"user.created\",\"payload\":{\"id\":1}}\n";
    for (int i = 0; i < 20; i++) {
      String batch = event.repeat(5000);
      assertThat(admin.send("POST", "/v1/events/batch", batch, "application/x-ndjson").status())
          .isEqualTo(200);
    }
    Wire.Reply exact = admin.get("/v1/events?page=6667");
    assertThat(exact.header("X-Total-Count")).isEqualTo("100000");
    assertThat(exact.header("X-Total-Count-Capped")).isNull();
    assertThat(exact.header("Link")).contains("rel=\"last\"").doesNotContain("rel=\"next\"");
    admin.post("/v1/events", event);
    Wire.Reply capped = admin.get("/v1/events?envelope=1&pagination=1000&page=100");
    assertThat(capped.header("X-Total-Count")).isEqualTo("100000");
    assertThat(capped.header("X-Total-Count-Capped")).isEqualTo("true");
    assertThat(capped.header("Link")).contains("page=101>; rel=\"next\"").doesNotContain("last");
    assertThat(capped.json().at("/meta/capped").asBoolean()).isTrue();
    assertThat(admin.get("/v1/events?pagination=1000&page=101").json()).hasSize(1);
  }

  @Test
  void theEnvelopeHasWhatIsDocumented() {
    publish(3);
    String meta = admin.get("/v1/events?envelope=1&per_page=2").json().path("meta").toString();
    assertThat(meta)
        .isEqualTo(
            "{\"page\":1,\"per_page\":2,\"total\":3,\"pages\":2,\"total_pages\":2,"
                + "\"has_next\":true,\"has_prev\":false}");
    assertThat(admin.get("/v1/events?per_page=2").header("X-Total-Count")).isEqualTo("3");
  }

  /** The same rules, whichever way a registration comes in. */
  @Test
  void namesAreCheckedWithoutHttpToo() throws InterruptedException {
    assertRefused(() -> server.api().register(new ApplicationSpec("a b", "http://x", SECRET)));
    assertRefused(() -> server.api().register(new ApplicationSpec("ab", "ftp://x", SECRET)));
    server.api().register(new ApplicationSpec("bridge", "http://127.0.0.1:9", SECRET));
    assertRefused(() -> server.api().register(new ActionSpec("a?b", "bridge", "{}", SECRET)));
    server.api().register(new ActionSpec("a.b", "bridge", "{}", SECRET));
    for (String handler : List.of("hook", "/a b", "http://u:p@x/")) {
      assertRefused(
          () ->
              server
                  .api()
                  .register(new SubscriptionSpec("bridge", "a.b", handler, SECRET, 3, "latest")));
    }
    assertRefused(
        () ->
            server
                .api()
                .register(
                    new SubscriptionSpec("bridge", "*".repeat(9), "/hook", SECRET, 3, "latest")));
  }

  private interface Registration {
    void run() throws InterruptedException;
  }

  private static void assertRefused(Registration registration) {
    assertThatThrownBy(registration::run)
        .isInstanceOfSatisfying(
            AmeboException.Refused.class, e -> assertThat(e.status()).isEqualTo(400));
  }

  @Test
  void onlyThePagesOfAnAllowedOriginMayCall() throws Exception {
    HttpResponse<String> allowed = cross("GET", "/v1/events", ORIGIN);
    assertThat(allowed.headers().firstValue("Access-Control-Allow-Origin")).contains(ORIGIN);
    assertThat(allowed.headers().allValues("Vary")).contains("Origin");
    assertThat(allowed.headers().firstValue("Access-Control-Allow-Credentials")).isEmpty();
    HttpResponse<String> preflight = cross("OPTIONS", "/v1/events", ORIGIN);
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods").orElse(""))
        .contains("POST", "DELETE");
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
        .contains("Authorization", "traceparent");
    assertThat(allowed.headers().firstValue("Access-Control-Expose-Headers").orElse(""))
        .contains("X-Total-Count-Capped", "X-RateLimit-Reset", "RateLimit-Reset");
    for (String other : List.of("https://evil.example", ORIGIN + ".evil.example", "null")) {
      for (String method : List.of("GET", "OPTIONS")) {
        HttpResponse<String> answer = cross(method, "/v1/events", other);
        assertThat(answer.headers().map().keySet())
            .as(other)
            .noneMatch(name -> name.startsWith("access-control"));
        assertThat(answer.headers().allValues("Vary")).contains("Origin");
      }
    }
  }

  private HttpResponse<String> cross(String method, String path, String origin)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.uri() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "POST")
            .header("Authorization", "Bearer " + admin.token())
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "https://x/", "https://x/path", "x", "file://x", "https://u@x:1/ "})
  void whatIsNoOriginIsRefused(String origin) {
    assertThatThrownBy(() -> HttpSettings.defaults().withCorsOrigins(List.of(origin)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("corsOrigins: got");
  }

  @Test
  void whatIsNoRouteIsAnErrorAsAllAre() {
    Wire.Reply nowhere = admin.get("/v1/nothing");
    assertThat(nowhere.status()).isEqualTo(404);
    assertThat(nowhere.error()).isEqualTo("path - there is no /v1/nothing");
    Wire.Reply method = admin.delete("/v1/actions/user.created");
    assertThat(method.status()).isEqualTo(405);
    assertThat(method.header("Allow")).isEqualTo("GET, HEAD, PUT");
    assertThat(method.error()).startsWith("method - got DELETE");
    Wire.Reply head = admin.send("HEAD", "/v1/actions/user.created", null, "application/json");
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.text()).isEmpty();
    assertThat(admin.send("HEAD", "/health", null, "application/json").status()).isEqualTo(200);
  }

  @Test
  void answersWithSecretsAreNotKept() {
    Wire.Reply made =
        admin.post(
            "/v1/applications",
            "{\"application\":\"n\",\"address\":\"http://127.0.0.1:9\",\"secret\":\"0123456789abcdef\"}");
    assertThat(made.text()).contains("0123456789abcdef");
    assertThat(made.header("Cache-Control")).isEqualTo("no-store");
    Wire.Reply subscribed =
        admin.post(
            "/v1/subscriptions",
            "{\"application\":\"n\",\"action\":\"user.*\",\"handler\":\"/h\",\"secret\":\"0123456789abcdef\"}");
    assertThat(subscribed.header("Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void failedLoginsAreLimitedAndOthersAreNot() {
    String wrong = "{\"username\":\"admin\",\"password\":\"wrong\"}";
    Wire anonymous = Wire.anonymous(server);
    for (int i = 0; i < 10; i++) {
      assertThat(anonymous.post("/v1/tokens", wrong).status()).isEqualTo(401);
    }
    Wire.Reply refused = anonymous.post("/v1/tokens", wrong);
    assertThat(refused.status()).isEqualTo(429);
    assertThat(Integer.parseInt(String.valueOf(refused.header("Retry-After")))).isBetween(1, 6);
    assertThat(admin.application("shop", Fixture.SECRET).token()).as("another name").isNotNull();
    assertThat(admin.get("/v1/events").status()).as("a token in hand").isEqualTo(200);
  }

  @Test
  void manyNamesFromOneAddressAreLimitedTogether() throws IOException {
    restartWith(HttpSettings.defaults().withLogins(new HttpSettings.Rate(0.001, 2)));
    Wire anonymous = Wire.anonymous(server);
    assertThat(statuses(anonymous, "{\"application\":\"nobody-%d\",\"secret\":\"wrong\"}"))
        .containsExactly(401, 401, 401, 401, 401, 401, 401, 401, 429, 429);
    assertThat(Wire.admin(server).token()).as("not crowded out by applications").isNotNull();
    assertThat(statuses(anonymous, "{\"username\":\"nobody-%d\",\"password\":\"wrong\"}"))
        .containsExactly(401, 401, 401, 401, 401, 401, 401, 401, 429, 429);
  }

  private static List<Integer> statuses(Wire wire, String login) {
    return IntStream.range(0, 10)
        .mapToObj(i -> wire.post("/v1/tokens", String.format(login, i)).status())
        .toList();
  }

  @Test
  void goodLoginsAreNeverCounted() {
    for (int i = 0; i < 30; i++) {
      admin.application("shop", Fixture.SECRET);
    }
  }

  @Test
  void requestsAreLimitedByClient() throws IOException {
    restartWith(HttpSettings.defaults().withRequests(new HttpSettings.Rate(0.001, 3)));
    Wire shop = admin.application("shop", Fixture.SECRET);
    Wire.Reply first = shop.get("/v1/events");
    assertThat(first.header("RateLimit-Limit")).isEqualTo("3");
    assertThat(first.header("RateLimit-Remaining")).isEqualTo("2");
    assertThat(first.header("X-RateLimit-Remaining")).isEqualTo("2");
    assertThat(Long.parseLong(String.valueOf(first.header("X-RateLimit-Reset"))))
        .isGreaterThan(Instant.now().getEpochSecond());
    shop.get("/v1/events");
    shop.get("/v1/events");
    Wire.Reply refused = shop.get("/v1/events");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.header("RateLimit-Remaining")).isEqualTo("0");
    assertThat(Integer.parseInt(String.valueOf(refused.header("Retry-After"))))
        .isBetween(900, 1000);
    assertThat(shop.post("/v1/events", "{}").status()).as("before its body").isEqualTo(429);
    assertThat(admin.get("/v1/events").status()).as("another client").isEqualTo(200);
    assertThat(shop.get("/health").status()).as("who watches").isEqualTo(200);
  }

  @Test
  void aBatchCountsForItsEvents() throws IOException {
    restartWith(HttpSettings.defaults().withEvents(new HttpSettings.Rate(0.001, 5)));
    publish(5);
    String event = Fixture.event("user.created", "z", "{\"id\":1}");
    assertThat(admin.post("/v1/events", event).status()).isEqualTo(429);
    assertThat(admin.post("/v1/events/batch", "[" + event + "]").status()).isEqualTo(429);
    assertThat(admin.get("/v1/events").json()).hasSize(5);
    assertThat(admin.application("shop", Fixture.SECRET).post("/v1/events", event).status())
        .isEqualTo(201);
  }
}
