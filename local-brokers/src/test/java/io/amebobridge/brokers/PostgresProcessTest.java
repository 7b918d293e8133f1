package io.amebobridge.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class PostgresProcessTest {
  @Test
  void whatWasCommittedIsThereAfterAKill() throws Exception {
    try (PostgresProcess postgres = PostgresProcess.fresh()) {
      postgres.start();
      postgres.createDatabase("kept");
      try (Connection connection = postgres.connect("kept")) {
        connection.createStatement().execute("CREATE TABLE t AS SELECT 7 AS n");
        postgres.kill9();
        assertThatThrownBy(() -> connection.createStatement().execute("SELECT 1"))
            .isInstanceOf(SQLException.class);
      }
      String endpoint = postgres.endpoint();
      postgres.start();
      assertThat(postgres.endpoint()).isEqualTo(endpoint);
      assertThat(seven(postgres)).isEqualTo(7);
      postgres.stop();
      assertThatThrownBy(() -> postgres.connect("kept")).isInstanceOf(SQLException.class);
      postgres.start();
      assertThat(seven(postgres)).isEqualTo(7);
    }
  }

  private static int seven(PostgresProcess postgres) throws SQLException {
    try (Connection connection = postgres.connect("kept");
        ResultSet row = connection.createStatement().executeQuery("SELECT n FROM t")) {
      row.next();
      return row.getInt(1);
    }
  }
}
