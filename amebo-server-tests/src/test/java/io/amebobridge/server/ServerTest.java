package io.amebobridge.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** A server with applications, actions and a receiver, anew for each test. */
class ServerTest {
  static {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(30)); // machines that build are busy
    Awaitility.setDefaultPollInterval(Duration.ofMillis(20)); // else each wait takes 100 ms
  }

  @TempDir protected Path dir;
  @Parameter protected Engine engine = Engine.SQLITE;
  protected String dsn = "";
  protected AmeboServer server;
  protected Receiver receiver;
  protected Wire admin;

  @BeforeEach
  void startServer() throws IOException {
    dsn = engine.migratedDsn(dir);
    server = AmeboServer.start(config());
    receiver = new Receiver();
    admin = Wire.admin(server);
    Fixture.register(admin, receiver.url());
  }

  ServerConfig config() {
    return Fixture.config(dsn);
  }

  void restart() throws IOException {
    server.close();
    server = AmeboServer.start(config());
    admin = Wire.admin(server);
  }

  @AfterEach
  void stopServer() {
    server.close();
    receiver.close();
  }

  void publish(String deduper, String payload) {
    Fixture.expect(201, admin.post("/v1/events", Fixture.event("user.created", deduper, payload)));
  }

  /** Publishes {@code {"id": n}} for n from 1. */
  void publish(int count) {
    StringBuilder batch = new StringBuilder("[");
    for (int i = 1; i <= count; i++) {
      batch
          .append(i == 1 ? "" : ",")
          .append(Fixture.event("user.created", "n" + i, "{\"id\":" + i + "}"));
    }
    Fixture.expect(200, admin.post("/v1/events/batch", batch.append("]").toString()));
  }
}
