package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that has little room left, though nothing has failed yet. */
class AlmostFullTest {
  @TempDir Path dir;

  @Test
  void itIsSaidBeforeAWriteFails() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(15);
        ServerProcess server =
            new ServerProcess(disk.wrapper(), Engine.SQLITE.dsn(disk.inside()), dir)) {
      server.begin();
      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .untilAsserted(
              () -> {
                server.assertAlive();
                Wire.Reply reply = server.anonymous().get("/ready");
                assertThat(reply.status()).isEqualTo(503);
                assertThat(reply.error()).isEqualTo("the disk is almost full");
              });
      Fixture.register(server.admin(), "http://127.0.0.1:9");
    }
  }
}
