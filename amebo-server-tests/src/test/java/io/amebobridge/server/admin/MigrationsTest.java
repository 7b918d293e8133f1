package io.amebobridge.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.client.Secret;
import io.amebobridge.server.AmeboServer;
import io.amebobridge.server.Engine;
import io.amebobridge.server.ServerConfig;
import io.amebobridge.server.security.SecretBox;
import io.amebobridge.server.store.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteDataSource;

/** What is altered was saved before; what fails leaves all as it was. */
class MigrationsTest {
  private static final InstantSource NOON =
      InstantSource.fixed(Instant.parse("2026-11-22T12:00:00Z"));
  private static final Secret SECRET = Secret.of("0f9b1c7a-not-a-sample-secret");
  @TempDir Path dir;

  /** With secrets of its own: nothing is generated beside the sources. */
  private ServerConfig config(Engine engine) throws SQLException {
    return ServerConfig.of(engine.dsn(dir)).withSecret(SECRET).withAdmin("admin", SECRET);
  }

  private ServerConfig started(Engine engine) throws IOException, SQLException {
    ServerConfig config = config(engine);
    AmeboServer.start(config).close();
    try (Connection connection = engine.connect(config.dsn());
        PreparedStatement application =
            connection.prepareStatement(
                "INSERT INTO applications (id, application, address, secret, timestamped)"
                    + " VALUES (1, 'shop', 'http://shop', ?, 1)");
        Statement statement = connection.createStatement()) {
      application.setBytes(1, new SecretBox(SECRET).seal("shop", Secret.of("the shop's")));
      application.executeUpdate();
      statement.executeUpdate(
          "INSERT INTO actions (id, action, application_id, schemata, timestamped)"
              + " VALUES (1, 'user.created', 1, '{}', 1)");
      statement.executeUpdate(
          "INSERT INTO events (id, action_id, payload, timestamped) VALUES (1, 1, '\"a\"', 1)");
    }
    return config;
  }

  private static String payload(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT payload FROM events")) {
      row.next();
      return row.getString(1);
    }
  }

  private Schema schema(ServerConfig config, String more) {
    if (config.dsn().startsWith("sqlite:")) {
      SQLiteDataSource source = new SQLiteDataSource();
      source.setUrl("jdbc:" + config.dsn());
      return new Schema(source, Schema.SQLITE, more);
    }
    return new Schema(
        ((io.amebobridge.server.store.Dsn.Postgres) config.database())
            .dataSource(java.time.Duration.ZERO),
        Schema.POSTGRESQL,
        more);
  }

  private KeptDatabase database(ServerConfig config) {
    return KeptDatabase.of(config.database(), dir);
  }

  @Test
  void aDsnWithoutItsPasswordIsToldSo() {
    String dsn = Engine.POSTGRES.dsn(dir).replaceFirst(":[^:@]*@", "@");
    assertThatThrownBy(() -> new DatabaseAdmin(ServerConfig.of(dsn)).info())
        .hasMessageContaining("the server asks for a password, and the dsn has none");
  }

  @Test
  void sqliteIsCopiedBeforeItsDataIsAltered() throws Exception {
    ServerConfig config = started(Engine.SQLITE);
    Schema schema = schema(config, "classpath:db/altering");
    assertThat(schema.pending()).singleElement().matches(Schema.Step::altersData);
    schema.migrate(new MigrationBackup(database(config), NOON));
    try (Connection connection = Engine.SQLITE.connect(config.dsn())) {
      assertThat(payload(connection)).isEqualTo("\"A\"");
    }
    Path copy = dir.resolve("data/amebo.db.before-v1000.20261122T120000Z.db");
    try (Connection connection = Engine.SQLITE.connect("sqlite:" + copy)) {
      assertThat(payload(connection)).isEqualTo("\"a\"");
    }
    Files.delete(dir.resolve("data/amebo.db"));
    Files.move(copy, dir.resolve("data/amebo.db"));
    AmeboServer.start(config).close();
  }

  @Test
  void postgresIsExportedBeforeItsDataIsAltered() throws Exception {
    ServerConfig config = started(Engine.POSTGRES);
    schema(config, "classpath:db/altering").migrate(new MigrationBackup(database(config), NOON));
    Path export;
    try (Stream<Path> files = Files.list(dir)) {
      export = files.filter(f -> f.toString().endsWith("ndjson.gz")).findFirst().orElseThrow();
    }
    assertThat(export.getFileName().toString()).contains(".before-v1000.20261122T120000Z.");
    ServerConfig restored = ServerConfig.of("sqlite:" + dir.resolve("restored.db"));
    new DatabaseAdmin(restored).restore(export, false, Progress.NONE);
    try (Connection connection = Engine.SQLITE.connect(restored.dsn())) {
      assertThat(payload(connection)).isEqualTo("\"a\"");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFailedBackupStopsTheMigration(Engine engine) throws Exception {
    ServerConfig config = started(engine);
    Schema schema = schema(config, "classpath:db/altering");
    assertThatThrownBy(
            () ->
                schema.migrate(
                    version -> {
                      throw new IOException("no space left for v" + version);
                    }))
        .hasMessageContaining("nothing was migrated")
        .hasMessageContaining("no space left for v1000");
    try (Connection connection = engine.connect(config.dsn())) {
      assertThat(payload(connection)).isEqualTo("\"a\"");
    }
    assertThat(schema.pending()).hasSize(1);
  }

  @Test
  void aDirectoryThatCannotBeMadeStopsTheMigration() throws Exception {
    ServerConfig config = started(Engine.POSTGRES);
    Path file = Files.writeString(dir.resolve("file"), "");
    KeptDatabase database = KeptDatabase.of(config.database(), file.resolve("below"));
    assertThatThrownBy(
            () ->
                schema(config, "classpath:db/altering")
                    .migrate(new MigrationBackup(database, NOON)))
        .hasMessageContaining("nothing was migrated")
        .hasMessageContaining("pg_dump")
        .hasMessageContaining("--no-backup");
  }

  @ParameterizedTest
  @EnumSource
  void aFailedMigrationLeavesTheOldSchemaAndAllData(Engine engine) throws Exception {
    ServerConfig config = started(engine);
    Schema schema = schema(config, "classpath:db/broken");
    String before = schema.applied();
    assertThatThrownBy(() -> schema.migrate(new MigrationBackup(database(config), NOON)))
        .hasMessageContaining("the schema stays at version " + before)
        .hasMessageContaining("no_such_table");
    try (Connection connection = engine.connect(config.dsn());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM events")) {
      row.next();
      assertThat(row.getInt(1)).isEqualTo(1);
      assertThat(database(config).tables(connection)).doesNotContain("half");
    }
    AmeboServer.start(config).close();
  }

  @ParameterizedTest
  @EnumSource
  void aNewerSchemaIsReportedByInfoAndRefusedByAllElse(Engine engine) throws Exception {
    ServerConfig config = started(engine);
    schema(config, "classpath:db/altering").migrate(version -> {});
    DatabaseAdmin admin = new DatabaseAdmin(config);
    DatabaseInfo info = admin.info();
    assertThat(info.newer()).isTrue();
    assertThat(info.schemaApplied()).isEqualTo("1000");
    assertThat(info.counts()).isNotNull();
    List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> all =
        List.of(
            () -> AmeboServer.start(config),
            () -> admin.migrate(true),
            () -> admin.backup(dir.resolve("b"), false, Progress.NONE),
            () -> admin.export(java.io.OutputStream.nullOutputStream(), Progress.NONE));
    for (var act : all) {
      assertThatThrownBy(act)
          .hasMessageContaining("version 1000")
          .hasMessageContaining("newer than this program");
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutMigratingAStartNeedsTheCurrentSchema(Engine engine) throws Exception {
    ServerConfig config = config(engine).withMigrate(false);
    assertThatThrownBy(() -> AmeboServer.start(config))
        .hasMessageContaining("version 0")
        .hasMessageContaining("amebo db migrate");
    assertThat(new DatabaseAdmin(config).migrate(true)).isNotEmpty();
    assertThat(new DatabaseAdmin(config).migrate(true)).isEmpty();
    AmeboServer.start(config).close();
  }
}
