package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Somebody's transaction stays open, a backup or a forgotten session: no version of a row can be
 * removed. Nothing that happens once an event may then change a row, or read a table from its
 * beginning.
 */
class HeldSnapshotTest extends ServerTest {
  private static final int HALF = 400;

  @Override
  @BeforeEach
  void startServer() throws IOException {
    engine = Engine.POSTGRES;
    super.startServer();
  }

  @Test
  void deliveryDoesNotSlowDown() throws Exception {
    Fixture.subscribe(admin, "user.created", "");
    try (Connection session = engine.connect(dsn);
        Statement statement = session.createStatement()) {
      statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
      statement.execute("SELECT count(*) FROM subscriptions"); // takes the snapshot
      long began = System.nanoTime();
      publishSingly(1);
      await().until(() -> receiver.calls().size() == HALF);
      publishSingly(HALF + 1);
      await().until(() -> receiver.calls().size() == 2 * HALF);
      assertThat(receiver.events()).doesNotHaveDuplicates();
      long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
      server.close(); // its sessions report what they did
      try (Connection other = engine.connect(dsn)) {
        await().until(() -> counted(other, "deliveries", "n_tup_ins") == 2 * HALF);
        assertThat(counted(other, "events", "n_tup_ins")).isEqualTo(2 * HALF);
        for (String table : new String[] {"subscriptions", "settings", "events", "deliveries"}) {
          assertThat(counted(other, table, "n_tup_upd"))
              .as("updates of " + table)
              .isLessThan(20 + 2 * seconds);
        }
        for (String table : new String[] {"events", "deliveries"}) {
          assertThat(counted(other, table, "seq_scan")).as("scans of " + table).isLessThan(10);
        }
      }
      statement.execute("COMMIT");
    }
  }

  private void publishSingly(int from) {
    for (int i = from; i < from + HALF; i++) {
      publish("n" + i, "{\"id\":" + i + "}");
    }
  }

  private static long counted(Connection session, String table, String what) throws SQLException {
    try (Statement statement = session.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT " + what + " FROM pg_stat_user_tables WHERE relname = '" + table + "'")) {
      row.next();
      return row.getLong(1);
    }
  }
}
