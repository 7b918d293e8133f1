package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.amebobridge.client.Secret;
import io.amebobridge.server.store.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@OnEveryDatabase
class RestartTest extends ServerTest {
  @Test
  void nothingDeliveredIsSentAgainAndNothingIsMissed() throws Exception {
    Fixture.subscribe(admin, "user.created", "");
    publish(50);
    await().until(() -> receiver.calls().size() == 50);
    restart();
    publish("after", "{\"id\":51}");
    await().until(() -> receiver.calls().size() > 50);
    assertThat(receiver.events()).hasSize(51).doesNotHaveDuplicates();
  }

  @Test
  void aRetryGoesOnWithItsCountOfAttempts() throws Exception {
    receiver.answer(500);
    server.close();
    ServerConfig patient =
        config()
            .withDelivery(
                config().delivery().withBackoff(Duration.ofMinutes(5), Duration.ofMinutes(5)));
    server = AmeboServer.start(patient);
    admin = Wire.admin(server);
    long id = Fixture.subscribe(admin, "user.created", "");
    publish("d", "{\"id\":1}");
    await().until(() -> attempts() == 1);
    for (int attempt = 2; attempt <= 3; attempt++) {
      int expected = attempt;
      Fixture.expect(502, admin.post("/v1/regists/" + (1L << 20 | id), ""));
      await().until(() -> attempts() == expected);
    }
    server.close();
    server = AmeboServer.start(patient);
    admin = Wire.admin(server);
    assertThat(attempts()).isEqualTo(3);
    assertThat(admin.get("/v1/status").json().path("subscriptions").get(0).path("retrying").asInt())
        .isEqualTo(1);
    Fixture.expect(502, admin.post("/v1/regists/" + (1L << 20 | id), ""));
    await().until(() -> attempts() == 4);
    JsonNode gist = admin.get("/v1/gists").json().get(0);
    assertThat(gist.path("state").asString()).as("3 retries are used up").isEqualTo("dead");
  }

  private int attempts() {
    JsonNode gists = admin.get("/v1/gists").json();
    return gists.isEmpty() ? 0 : gists.get(0).path("attempts").asInt();
  }

  @Test
  void aRetryThatWasDueWhileTheServerWasDownIsMade() throws Exception {
    receiver.answer(500);
    Fixture.subscribe(admin, "user.created", 10_000, "");
    publish("d", "{\"id\":1}");
    await().until(() -> !receiver.calls().isEmpty());
    server.close();
    receiver.answer(200);
    int before = receiver.calls().size();
    server = AmeboServer.start(config());
    admin = Wire.admin(server);
    await().until(() -> receiver.calls().size() == before + 1);
    await().until(() -> admin.get("/v1/gists?completed=true").json().size() == 1);
  }

  @Test
  void registrationsAndSecretsSurvive() throws Exception {
    restart();
    assertThat(admin.application("mailer", Fixture.OTHER_SECRET).get("/v1/actions").json())
        .hasSize(2);
    assertThat(
            admin
                .post("/v1/events", Fixture.event("user.created", "x", "{\"id\":\"no\"}"))
                .status())
        .isEqualTo(406);
  }

  @Test
  void noSecretIsInTheDatabaseInClear() throws Exception {
    server.close();
    assertThat(engine.contents(dsn))
        .contains("mailer")
        .doesNotContain(Fixture.SECRET, Fixture.OTHER_SECRET, Wire.ADMIN_PASSWORD);
  }

  @Test
  void anotherSecretIsRefusedByName() {
    server.close();
    assertThatThrownBy(
            () ->
                AmeboServer.start(config().withSecret(Secret.of("another-secret-of-some-length"))))
        .hasMessageContaining("AMEBO_SECRET is not the one that this database was made with");
  }

  @Test
  void withoutItsSecretItIsRefusedAndNoOtherOneIsMade() throws Exception {
    server.close();
    ServerConfig without = config().withSecret(null);
    Path kept = without.keptSecrets();
    Path file = kept.resolveSibling(kept.getFileName() + ".secret");
    assertThatThrownBy(() -> AmeboServer.start(without))
        .hasMessageContaining("AMEBO_SECRET is not set")
        .hasMessageContaining("put the file back");
    assertThat(file).doesNotExist();
  }

  @Test
  void aDatabaseFromBeforeFingerprintsGetsOneWithItsOwnSecretOnly() throws Exception {
    server.close();
    try (Connection connection = engine.connect(dsn);
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate("DELETE FROM settings WHERE name LIKE 'secret.%'"))
          .isEqualTo(1);
    }
    ServerConfig other = config().withSecret(Secret.of("another-secret-of-some-length"));
    assertThatThrownBy(() -> AmeboServer.start(other))
        .hasMessageContaining("AMEBO_SECRET does not open the stored secret of");
    server = AmeboServer.start(config());
    server.close();
    assertThatThrownBy(() -> AmeboServer.start(other))
        .hasMessageContaining("AMEBO_SECRET is not the one that this database was made with");
  }

  @Test
  void aDatabaseOfANewerProgramIsRefused() throws Exception {
    server.close();
    try (Connection connection = engine.connect(dsn);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO flyway_schema_history SELECT 99, '99', 'future', type, 'V99__future.sql',"
              + " checksum, installed_by, installed_on, 1, success FROM flyway_schema_history LIMIT 1");
    }
    assertThatThrownBy(() -> AmeboServer.start(config()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("version 99")
        .hasMessageContaining("newer than this program");
  }

  @Test
  void theSamePortCanBeHadAgain() throws Exception {
    int port = server.port();
    server.close();
    server = AmeboServer.start(config().withPort(port));
    assertThat(server.port()).isEqualTo(port);
    assertThat(Wire.anonymous(server).get("/health").status()).isEqualTo(200);
  }

  @Test
  void aTakenPortIsRefusedAndNothingStaysOpen() throws Exception {
    int port = server.port();
    Path other = dir.resolve("other");
    ServerConfig taken = Fixture.config(other).withPort(port);
    assertThatThrownBy(() -> AmeboServer.start(taken))
        .hasMessageContaining("cannot listen on 127.0.0.1:" + port);
    AmeboServer.start(taken.withPort(0)).close();
  }

  @Test
  void closingTwiceIsHarmless() {
    server.close();
    server.close();
  }
}
