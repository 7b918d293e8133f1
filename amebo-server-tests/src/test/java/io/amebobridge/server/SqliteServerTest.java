package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.client.Secret;
import io.amebobridge.server.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is a file's own. */
class SqliteServerTest extends ServerTest {
  @Test
  void aSecondServerOnTheSameFileIsRefused() {
    assertThatThrownBy(() -> AmeboServer.start(config()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("in use by another Amebo server");
  }

  @Test
  void missingSecretsAreGeneratedOnceForTheirOwnerOnly() throws Exception {
    Path file = dir.resolve("fresh/amebo.db");
    ServerConfig bare = ServerConfig.of("sqlite:" + file);
    AmeboServer.start(bare).close();
    Path secret = file.resolveSibling("amebo.db.secret");
    Path password = file.resolveSibling("amebo.db.password");
    assertThat(Files.getPosixFilePermissions(secret)).hasSize(2);
    assertThat(Files.getPosixFilePermissions(password)).hasSize(2);
    String kept = Files.readString(password).strip();
    try (AmeboServer again = AmeboServer.start(bare)) {
      assertThat(Files.readString(password).strip()).isEqualTo(kept);
      Wire.anonymous(again).login("{\"username\":\"admin\",\"password\":\"" + kept + "\"}");
    }
  }

  @Test
  void sampleAndShortSecretsAreRefused() {
    ServerConfig fresh = ServerConfig.of("sqlite:" + dir.resolve("refused/amebo.db"));
    assertThatThrownBy(() -> AmeboServer.start(fresh.withSecret(Secret.of("Change-Me-Change-Me"))))
        .hasMessageContaining("sample");
    assertThatThrownBy(() -> AmeboServer.start(fresh.withSecret(Secret.of("short"))))
        .hasMessageContaining("16 or more");
    assertThatThrownBy(() -> AmeboServer.start(fresh.withAdmin("admin", Secret.of("password123"))))
        .hasMessageContaining("sample");
  }
}
