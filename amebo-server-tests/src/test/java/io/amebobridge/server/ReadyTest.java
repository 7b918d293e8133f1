package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** What whoever watches over the server is told. */
class ReadyTest extends ServerTest {
  {
    engine = Engine.POSTGRES; // nobody but its server may change a SQLite file's tables
  }

  @Test
  void aDatabaseThatRefusesWritesIsNotReadyAndItsWordsAreNotForStrangers() throws Exception {
    Wire anonymous = Wire.anonymous(server);
    assertThat(anonymous.get("/ready").status()).isEqualTo(200);
    execute("ALTER TABLE events RENAME TO hidden");
    String event = Fixture.event("user.created", "d", "{\"id\":1}");
    assertThat(admin.post("/v1/events", event).status()).isEqualTo(503);
    execute("ALTER TABLE settings RENAME TO also_hidden");
    await().until(() -> admin.get("/ready").status() == 503);
    await().until(() -> anonymous.get("/ready").status() == 503);
    assertThat(anonymous.get("/ready").json().toString())
        .isEqualTo("{\"status\":\"not ready\",\"error\":\"the database does not answer\"}");
    execute("ALTER TABLE also_hidden RENAME TO settings");
    execute("ALTER TABLE hidden RENAME TO events");
    await().until(() -> admin.get("/ready").status() == 200);
    Fixture.expect(201, admin.post("/v1/events", event));
  }

  private void execute(String sql) throws Exception {
    try (Connection db = engine.connect(dsn);
        Statement statement = db.createStatement()) {
      statement.execute(sql);
    }
  }
}
