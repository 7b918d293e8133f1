package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.amebobridge.client.Secret;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** AMEBO_SECRET is replaced, and nothing that is stored or out there is lost by it. */
@OnEveryDatabase
class PreviousSecretTest {
  static {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(30)); // machines that build are busy
  }

  private static final Secret NEW = Secret.of("the-new-secret-of-this-server");
  private static final Secret THIRD = Secret.of("a-third-secret-of-no-server");
  @Parameter Engine engine;
  @TempDir Path dir;
  private ServerConfig old;

  @BeforeEach
  void empty() {
    old = Fixture.config(engine.migratedDsn(dir));
  }

  private ServerConfig both() {
    return old.withSecret(NEW).withPreviousSecret(old.secret());
  }

  private ServerConfig onlyNew() {
    return old.withSecret(NEW);
  }

  private static String publish(String deduper) {
    return "{\"action\":\"user.created\",\"deduper\":\""
        + deduper
        + "\",\"sleep_until\":1,\"secret\":\""
        + Fixture.SECRET
        + "\",\"payload\":{\"id\":1}}";
  }

  private static Wire with(AmeboServer server, String token) {
    return new Wire(server.uri(), token);
  }

  private String fingerprint() throws Exception {
    try (Connection connection = engine.connect(old.dsn());
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT value FROM settings WHERE name = 'secret.fingerprint'")) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void whatIsStoredGoesOnUnderTheNewOneAndTokensStayGood() throws Exception {
    String token;
    try (AmeboServer server = AmeboServer.start(old)) {
      Fixture.register(Wire.admin(server), "http://127.0.0.1:9");
      Fixture.expect(
          202,
          Wire.admin(server)
              .put("/v1/applications/shop", "{\"secret\":\"another-of-the-shop-itself\"}"));
      token = Wire.admin(server).token();
    }
    String before = fingerprint();
    try (AmeboServer server = AmeboServer.start(both())) {
      assertThat(fingerprint()).isNotEqualTo(before);
      assertThat(with(server, token).get("/v1/applications").status()).isEqualTo(200);
      assertThat(Wire.anonymous(server).post("/v1/events", publish("a")).status())
          .as("a secret in its grace")
          .isEqualTo(201);
      String refreshed =
          with(server, token).post("/v1/tokens/refresh", "{}").json().path("token").asString();
      token = refreshed;
    }
    assertThatThrownBy(() -> AmeboServer.start(old)).hasMessageContaining("AMEBO_SECRET is not");
    try (AmeboServer server = AmeboServer.start(onlyNew())) {
      assertThat(Wire.anonymous(server).post("/v1/events", publish("b")).status()).isEqualTo(201);
      assertThat(with(server, token).get("/v1/applications").status())
          .as("what was refreshed is under the new secret")
          .isEqualTo(200);
    }
  }

  @Test
  void withoutTheRightPreviousOneItIsRefused() throws Exception {
    try (AmeboServer server = AmeboServer.start(old)) {
      Fixture.register(Wire.admin(server), "http://127.0.0.1:9");
    }
    assertThatThrownBy(() -> AmeboServer.start(onlyNew()))
        .hasMessageContaining("AMEBO_SECRET is not the one that this database was made with")
        .hasMessageContaining("AMEBO_PREVIOUS_SECRET");
    assertThatThrownBy(() -> AmeboServer.start(onlyNew().withPreviousSecret(THIRD)))
        .hasMessageContaining("nor is AMEBO_PREVIOUS_SECRET");
    AmeboServer.start(old).close();
  }

  @Test
  void serversAreRestartedOneByOne() throws Exception {
    if (engine == Engine.SQLITE) {
      return; // one server at a time has the file
    }
    AmeboServer first = AmeboServer.start(old);
    AmeboServer second = AmeboServer.start(old);
    try {
      Fixture.register(Wire.admin(first), "http://127.0.0.1:9");
      String before = fingerprint();
      second.close();
      second = AmeboServer.start(both());
      assertThat(fingerprint()).as("the first knows the old one alone").isEqualTo(before);
      Fixture.application(Wire.admin(second), "made-there", "http://127.0.0.1:9", Fixture.SECRET);
      AmeboServer one = first;
      await().until(() -> Wire.admin(one).get("/v1/applications").text().contains("made-there"));
      assertThat(with(first, Wire.admin(second).token()).get("/v1/applications").status())
          .as("a token of the second at the first")
          .isEqualTo(200);
      assertThatThrownBy(() -> AmeboServer.start(onlyNew())).hasMessageContaining("PREVIOUS");
      String token = Wire.admin(first).token();
      first.close();
      first = AmeboServer.start(both());
      await().until(() -> !fingerprint().equals(before));
      for (AmeboServer each : new AmeboServer[] {first, second}) {
        assertThat(with(each, token).get("/v1/applications").status()).isEqualTo(200);
        assertThat(Wire.anonymous(each).post("/v1/events", publish("p" + each.port())).status())
            .isEqualTo(201);
      }
      AmeboServer other = second;
      Fixture.application(Wire.admin(first), "after", "http://127.0.0.1:9", Fixture.SECRET);
      await().until(() -> Wire.admin(other).get("/v1/applications").text().contains("after"));
      Fixture.application(Wire.admin(second), "last", "http://127.0.0.1:9", Fixture.SECRET);
    } finally {
      first.close();
      second.close();
    }
    AmeboServer.start(onlyNew()).close();
  }
}
