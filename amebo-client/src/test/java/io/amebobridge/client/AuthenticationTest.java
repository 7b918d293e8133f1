package io.amebobridge.client;

import static io.amebobridge.client.Clients.failure;
import static io.amebobridge.client.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticationTest {
  private static final String ONE = "POST /v1/events";
  private static final String TOKENS = "POST /v1/tokens";
  private static final NewEvent EVENT = NewEvent.of("a", "{}", "id-1");

  private ScriptedServer server;
  private AmeboHttpClient client;

  @BeforeEach
  void start() throws IOException {
    server = ScriptedServer.ours();
    server.on(ONE, 201, "{\"event\":1}");
    client = Clients.to(server);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  /** Gives t1, t2, … and takes only the last one given. */
  private AtomicReference<String> tokensThatAreForgotten(long expiresIn) {
    AtomicInteger given = new AtomicInteger();
    AtomicReference<String> valid = new AtomicReference<>();
    server.on(
        TOKENS,
        (exchange, asked) -> {
          String token = "t" + given.incrementAndGet();
          valid.set("Bearer " + token);
          String body = "{\"token\":\"" + token + "\",\"expires_in\":" + expiresIn + "}";
          ScriptedServer.reply(exchange, 202, body);
        });
    return valid;
  }

  @Test
  void anApplicationAndAUserAskForTheirTokens() throws Exception {
    get(client.publish(EVENT));
    try (AmeboHttpClient admin =
        AmeboHttpClient.builder(server.url(), Credentials.user("root", Secret.of("pw"))).build()) {
      get(admin.publish(EVENT));
    }
    assertThat(server.asked(TOKENS))
        .extracting(ScriptedServer.Asked::body)
        .containsExactly(
            "{\"application\":\"bridge\",\"secret\":\"0123456789abcdef\",\"scheme\":\"bearer\"}",
            "{\"username\":\"root\",\"password\":\"pw\",\"scheme\":\"bearer\"}");
  }

  @Test
  void aTokenThatHasExpiredIsRenewedBeforeItIsUsed() throws Exception {
    AtomicReference<String> valid = tokensThatAreForgotten(0);
    get(client.publish(EVENT));
    get(client.publish(EVENT));
    assertThat(valid).hasValue("Bearer t2");
    assertThat(server.asked(ONE))
        .extracting(a -> a.header("Authorization"))
        .containsExactly("Bearer t1", "Bearer t2");
  }

  @Test
  void callersOfOneForgottenTokenShareOneRenewal() throws Exception {
    AtomicReference<String> valid = tokensThatAreForgotten(3600);
    get(client.publish(EVENT));
    valid.set("none");
    int callers = 8;
    CyclicBarrier allRefused = new CyclicBarrier(callers);
    server.on(
        ONE,
        (exchange, asked) -> {
          boolean good = asked.header("Authorization").equals(valid.get());
          if (!good) allRefused.await(10, TimeUnit.SECONDS);
          ScriptedServer.reply(exchange, good ? 201 : 401, "{\"event\":1}");
        });
    List<CompletionStage<PublishResult>> calls = new ArrayList<>();
    for (int i = 0; i < callers; i++) calls.add(client.publish(EVENT));
    for (CompletionStage<PublishResult> call : calls) assertThat(get(call).stored()).isTrue();
    assertThat(server.asked(TOKENS)).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void aSecondRefusalIsDenied(int status) throws Exception {
    server.on(ONE, status, "{\"error\":\"not you\"}");
    failure(AmeboException.Denied.class, client.publish(EVENT));
    assertThat(server.asked(ONE)).hasSize(status == 401 ? 2 : 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 409, 422})
  void wrongCredentialsAreDeniedAndAskedAgainOnlyByTheNextCall(int status) throws Exception {
    server.on(TOKENS, status, "{\"error\":\"wrong\"}");
    failure(AmeboException.Denied.class, client.publish(EVENT));
    assertThatThrownBy(client::checkCredentials).isInstanceOf(AmeboException.Denied.class);
    server.on(TOKENS, 202, "{\"token\":\"t\"}");
    client.checkCredentials();
    assertThat(get(client.publish(EVENT)).stored()).isTrue();
    assertThat(server.asked(TOKENS)).hasSize(3);
  }

  @Test
  void aTokenThatCanNotBeHadNowIsUnavailable() throws Exception {
    server.on(TOKENS, 503, "", "Retry-After", "4");
    assertThat(failure(AmeboException.Unavailable.class, client.publish(EVENT)).retryAfter())
        .isPresent();
    // Cut after it was sent: still nothing was stored.
    server.on(TOKENS, (exchange, asked) -> exchange.close());
    failure(AmeboException.Unavailable.class, client.publish(EVENT));
    server.on(TOKENS, 202, "{}");
    failure(AmeboException.Refused.class, client.publish(EVENT));
  }

  @Test
  void nothingShowsASecret() {
    assertThat(client.toString() + Clients.APP + Credentials.user("u", Clients.SECRET))
        .doesNotContain(Clients.SECRET.reveal());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AmeboHttpClient.builder("http://u:hidden@h:1", Clients.APP))
        .withMessageNotContaining("hidden");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AmeboHttpClient.builder("kafka://u:hidden@h:1", Clients.APP))
        .withMessageNotContaining("hidden");
  }

  @Test
  void theKindIsAskedUntilItIsKnown() throws Exception {
    server.on("GET /v1/status", 503, "");
    assertThatThrownBy(client::status).isInstanceOf(AmeboException.Unavailable.class);
    failure(AmeboException.Unavailable.class, client.publish(EVENT));
    server.on("GET /v1/status", 200, "{\"kind\":\"amebo-bridge\",\"version\":\"9\"}");
    assertThat(client.status()).isEqualTo(new ServerStatus(ServerStatus.Kind.AMEBO_BRIDGE, "9", 0));
    client.status();
    assertThat(server.asked("GET /v1/status")).hasSize(3);
  }

  @Test
  void aServerThatIsNoAmeboIsRefusedRatherThanTakenForAnUpstreamOne() throws Exception {
    server.on("GET /v1/status", 404, "nothing here");
    assertThatThrownBy(client::status)
        .isInstanceOf(AmeboException.Refused.class)
        .hasMessageContaining("No Amebo server at http://127.0.0.1:");
    server.on("GET /v1/status", 301, "", "Location", "/elsewhere");
    assertThatThrownBy(client::status).isInstanceOf(AmeboException.Refused.class);
    for (int status : new int[] {404, 200}) {
      server.on("GET /v1/status", status, "<html>");
      server.on("GET /v1/applications", 200, "[]");
      try (AmeboHttpClient other = Clients.to(server)) {
        assertThat(other.status().kind()).isEqualTo(ServerStatus.Kind.UPSTREAM);
      }
    }
  }

  @Test
  void afterCloseCallsFail() throws Exception {
    get(client.publish(EVENT));
    client.close();
    client.close();
    failure(AmeboException.Unavailable.class, client.publish(EVENT));
  }
}
