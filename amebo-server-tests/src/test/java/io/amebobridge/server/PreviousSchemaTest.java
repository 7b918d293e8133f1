package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.client.Secret;
import io.amebobridge.server.admin.DatabaseAdmin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A database that the server of schema version 1 wrote is migrated and served. */
class PreviousSchemaTest {
  static {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(30)); // machines that build are busy
  }

  @TempDir Path dir;

  @Test
  void versionOneIsMigratedAndServed() throws Exception {
    String dsn = "sqlite:" + dir.resolve("v1.db");
    SqlScript.run(Engine.SQLITE, dsn, "/previous/v1-sqlite.sql");
    ServerConfig config =
        Fixture.config(dsn)
            .withSecret(Secret.of("secret-of-the-version-one-database"))
            .withAdmin("admin", Secret.of("correct-horse-battery"));
    assertThat(new DatabaseAdmin(config).info().schemaApplied()).isEqualTo("1");
    try (Receiver receiver = new Receiver();
        AmeboServer server = AmeboServer.start(config)) {
      Wire admin =
          Wire.anonymous(server)
              .login("{\"username\":\"admin\",\"password\":\"correct-horse-battery\"}");
      Fixture.expect(
          202, admin.put("/v1/applications/mailer", "{\"location\":\"" + receiver.url() + "\"}"));
      JsonNode gists = admin.get("/v1/gists").json();
      assertThat(gists.findValuesAsString("state"))
          .containsExactly("delivered", "delivered", "dead", "delivered", "delivered", "waiting");
      Fixture.expect(202, admin.post("/v1/regists/" + (3L << 20 | 1), ""));
      Wire shop = Wire.anonymous(server).application("shop", "shop-secret-of-version-one");
      Fixture.expect(
          201, shop.post("/v1/events", Fixture.event("user.created", "d7", "{\"id\":7}")));
      await().until(() -> receiver.events().contains(7L));
      assertThat(receiver.events()).containsExactlyInAnyOrder(3L, 7L);
    }
    assertThat(Files.exists(dir.resolve("v1.db"))).isTrue();
  }
}
