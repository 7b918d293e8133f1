package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishTest {
  @TempDir Path dir;
  private AmeboServer server;
  private Receiver receiver;
  private Wire admin;

  @BeforeEach
  void start() throws IOException {
    server = AmeboServer.start(Fixture.config(dir));
    receiver = new Receiver();
    admin = Wire.admin(server);
    Fixture.register(admin, receiver.url());
  }

  @AfterEach
  void stop() {
    server.close();
    receiver.close();
  }

  @Test
  void anEventIsStoredAsSentAndDelivered() {
    Fixture.subscribe(admin, "user.*", "");
    String payload = "{\"id\": 1,  \"email\":\"a@b.c\"}";
    Wire.Reply stored = admin.post("/v1/events", Fixture.event("user.created", "d1", payload));
    assertThat(stored.status()).isEqualTo(201);
    assertThat(stored.text()).contains("\"payload\":" + payload);
    await().until(() -> receiver.calls().size() == 1);
    assertThat(receiver.calls().get(0).body()).isEqualTo(payload);
    assertThat(receiver.calls().get(0).path()).isEqualTo("/hook");
  }
}
