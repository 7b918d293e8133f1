package io.amebobridge.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.server.Engine;
import io.amebobridge.server.OnEveryDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The look that replaces Flyway's sees what Flyway's would. */
@OnEveryDatabase
class SchemaHistoryTest {
  @Parameter Engine engine;
  @TempDir Path dir;
  private DataSource database;
  private String location;

  @BeforeEach
  void empty() throws SQLException {
    Database opened = Store.database(Dsn.parse(engine.dsn(dir)), WriterTimeouts.DEFAULT);
    database = opened.migrating();
    location = opened.dialect().migrations();
  }

  private boolean isCurrent() {
    return SchemaHistory.isCurrent(database, location);
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  @Test
  void whatFlywayAppliedIsCurrent() {
    assertThat(isCurrent()).isFalse();
    Schema schema = new Schema(database, location);
    schema.migrate(version -> {});
    assertThat(isCurrent()).isTrue();
    assertThat(schema.pending()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE flyway_schema_history SET checksum = checksum + 1 WHERE version = '2'",
        "UPDATE flyway_schema_history SET success = (1 = 0) WHERE version = '2'",
        "DELETE FROM flyway_schema_history WHERE version = '2'",
        "INSERT INTO flyway_schema_history SELECT 9, '9', description, type, 'V9__new.sql', 1,"
            + " installed_by, installed_on, 1, success FROM flyway_schema_history WHERE version = '1'"
      })
  void anyOtherHistoryIsLeftToFlyway(String change) throws SQLException {
    new Schema(database, location).migrate(version -> {});
    execute(change);
    assertThat(isCurrent()).isFalse();
  }
}
