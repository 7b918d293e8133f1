package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.amebobridge.client.Secret;
import io.amebobridge.server.admin.AdminException;
import io.amebobridge.server.admin.DatabaseAdmin;
import io.amebobridge.server.admin.Progress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An export is all there is, in any engine's words the same; half an import is none. */
class DatabaseMoveTest {
  static {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(30)); // machines that build are busy
  }

  private static final Progress QUIET = Progress.NONE;
  @TempDir Path dir;

  private ServerConfig fresh(Engine engine, String name) {
    return Fixture.config(engine.dsn(dir.resolve(name)));
  }

  /** With rows in every table, and what is hard to carry in them. */
  private ServerConfig filled(Engine engine) throws Exception {
    ServerConfig config = fresh(engine, "filled");
    try (Receiver receiver = new Receiver();
        AmeboServer server = AmeboServer.start(config)) {
      Wire admin = Wire.admin(server);
      receiver.answer(call -> Receiver.Answer.of(call.body().contains("bad") ? 500 : 200));
      Fixture.register(admin, receiver.url());
      Fixture.subscribe(admin, "user.created", 1, "");
      Fixture.subscribe(admin, "user.*", "");
      publish(admin, "d1", "{\"id\":1, \"email\":\"Zoë \uD83C\uDF89 \\\"q\\\" \\u0000 \\\\\"}");
      publish(admin, "d2", "{\"id\":12345678901234567890.0e1}".replace(".0e1", ""));
      publish(admin, "d3", "{\"id\":3,\"email\":\"bad\"}");
      await().until(() -> gists(admin, "delivered") == 4 && gists(admin, "dead") >= 1);
    }
    try (Connection connection = engine.connect(config.dsn());
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "UPDATE subscriptions SET paused = " + (engine == Engine.SQLITE ? "1" : "true"));
      statement.executeUpdate("UPDATE actions SET retain_millis = 9007199254740993");
      statement.executeUpdate("UPDATE applications SET previous_secret = secret");
      statement.executeUpdate(
          "UPDATE events SET ordering_key = 'k', sleep_until = -1 WHERE id = 2");
      for (String name : List.of("B", "a", "ä", "_", "a b")) {
        statement.executeUpdate(
            "INSERT INTO subscription_positions VALUES (1, '" + name + "', 's', 0, 7)");
      }
    }
    return config;
  }

  private static void publish(Wire admin, String deduper, String payload) {
    Fixture.expect(201, admin.post("/v1/events", Fixture.event("user.created", deduper, payload)));
  }

  private static int gists(Wire admin, String state) {
    return admin.get("/v1/gists?status=" + state).json().size();
  }

  private static String export(ServerConfig config) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new DatabaseAdmin(config).export(out, QUIET);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static DatabaseAdmin.Restored read(ServerConfig config, String export, boolean force) {
    return new DatabaseAdmin(config)
        .read(new ByteArrayInputStream(export.getBytes(StandardCharsets.UTF_8)), force, QUIET);
  }

  /** But for the setting that makes new ids skip ahead. */
  private static List<String> rows(String export) {
    List<String> lines = Arrays.asList(export.split("\n"));
    return lines.subList(1, lines.size() - 1).stream()
        .filter(line -> !line.contains("\"event_ids_skipped/"))
        .toList();
  }

  @Test
  void aRoundTripOverBothEnginesChangesNothing() throws Exception {
    ServerConfig source = filled(Engine.SQLITE);
    String first = export(source);
    for (String table :
        List.of(
            "settings",
            "credentials",
            "applications",
            "actions",
            "events",
            "subscriptions",
            "subscription_positions",
            "deliveries")) {
      assertThat(first).contains("{\"type\":\"" + table + "\",\"row\":{");
    }
    ServerConfig postgres = fresh(Engine.POSTGRES, "");
    assertThat(read(postgres, first, false).secretMatches()).isTrue();
    String second = export(postgres);
    assertThat(rows(second)).containsExactlyElementsOf(rows(first));
    ServerConfig sqlite = fresh(Engine.SQLITE, "third");
    read(sqlite, second, false);
    assertThat(rows(export(sqlite))).containsExactlyElementsOf(rows(first));
  }

  @Test
  void whatCameFromPostgresIsTheSameInSqlite() throws Exception {
    String first = export(filled(Engine.POSTGRES));
    ServerConfig sqlite = fresh(Engine.SQLITE, "other");
    read(sqlite, first, false);
    assertThat(rows(export(sqlite))).containsExactlyElementsOf(rows(first));
  }

  @ParameterizedTest
  @EnumSource
  void aServerGoesOnWithNewIds(Engine engine) throws Exception {
    String export = export(filled(engine == Engine.SQLITE ? Engine.POSTGRES : Engine.SQLITE));
    ServerConfig moved = fresh(engine, "moved");
    read(moved, export, false);
    try (AmeboServer server = AmeboServer.start(moved)) {
      Wire admin = Wire.admin(server);
      Fixture.application(admin, "new", "http://127.0.0.1:9", Fixture.SECRET);
      assertThat(Fixture.subscribe(admin, "user.deleted", "")).isGreaterThan(2);
      publish(admin, "d1", "{\"id\":1, \"email\":\"Zoë \uD83C\uDF89 \\\"q\\\" \\u0000 \\\\\"}");
      publish(admin, "d4", "{\"id\":4}");
      assertThat(admin.get("/v1/events").json().size()).as("d1 is known").isEqualTo(4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void halfAnImportIsRefusedByServersUntilItIsRepeated(Engine engine) throws Exception {
    String export = export(filled(engine));
    String cut = export.substring(0, export.indexOf("{\"type\":\"deliveries\""));
    ServerConfig target = fresh(engine, "half");
    assertThatThrownBy(() -> read(target, cut, false))
        .isInstanceOf(AdminException.class)
        .hasMessageContaining("did not finish")
        .hasMessageContaining("cut off");
    assertThatThrownBy(() -> AmeboServer.start(target))
        .hasMessageContaining("did not finish")
        .hasMessageContaining("amebo db import --force");
    assertThat(new DatabaseAdmin(target).info().unfinishedImport()).isNotNull();
    assertThatThrownBy(() -> export(target)).hasMessageContaining("did not finish");
    assertThatThrownBy(() -> read(target, export, false)).hasMessageContaining("--force");
    read(target, export, true);
    assertThat(rows(export(target))).containsExactlyElementsOf(rows(export));
    AmeboServer.start(target).close();
  }

  @Test
  void changedRowsAreFound() throws Exception {
    String export = export(filled(Engine.SQLITE));
    String other = export.replace("Zoë", "Zoe");
    assertThatThrownBy(() -> read(fresh(Engine.SQLITE, "a"), other, false))
        .hasMessageContaining("checksum");
    int row = export.indexOf("{\"type\":\"events\"");
    String fewer = export.substring(0, row) + export.substring(export.indexOf('\n', row) + 1);
    assertThatThrownBy(() -> read(fresh(Engine.SQLITE, "b"), fewer, false))
        .hasMessageContaining("3 rows of events, but 2 were read");
    assertThatThrownBy(() -> read(fresh(Engine.SQLITE, "c"), export + "{}\n", false))
        .hasMessageContaining("follows the end");
    assertThatThrownBy(
            () -> read(fresh(Engine.SQLITE, "d"), export.substring(0, export.length() - 5), false))
        .hasMessageContaining("middle of a line");
    assertThatThrownBy(() -> read(fresh(Engine.SQLITE, "e"), "", false))
        .hasMessageContaining("empty");
    assertThatThrownBy(() -> read(fresh(Engine.SQLITE, "f"), "PK\n", false))
        .hasMessageContaining("line 1");
    assertThatThrownBy(
            () ->
                read(
                    fresh(Engine.SQLITE, "g"),
                    export.replaceFirst("\"schema\":\"[0-9]+\"", "\"schema\":\"99\""),
                    false))
        .hasMessageContaining("schema version 99");
  }

  @ParameterizedTest
  @EnumSource
  void aFilledDatabaseIsNotImportedInto(Engine engine) throws Exception {
    ServerConfig filled = filled(engine);
    String export = export(filled);
    for (boolean force : List.of(false, true)) {
      assertThatThrownBy(() -> read(filled, export, force))
          .hasMessageContaining("has data already");
    }
    assertThat(export(filled)).isEqualTo(export);
  }

  @Test
  void anotherSecretIsTold() throws Exception {
    String export = export(filled(Engine.SQLITE));
    ServerConfig target =
        fresh(Engine.SQLITE, "t").withSecret(Secret.of("another-secret-than-the-first"));
    assertThat(read(target, export, false).secretMatches()).isFalse();
    assertThatThrownBy(() -> AmeboServer.start(target)).hasMessageContaining("AMEBO_SECRET");
  }

  @Test
  void aRunningServerKeepsItsFile() throws Exception {
    ServerConfig config = fresh(Engine.SQLITE, "running");
    try (AmeboServer server = AmeboServer.start(config)) {
      assertThat(server.port()).isPositive();
      DatabaseAdmin admin = new DatabaseAdmin(config);
      assertThatThrownBy(() -> admin.migrate(true)).hasMessageContaining("in use");
      assertThatThrownBy(() -> read(config, "", true)).hasMessageContaining("in use");
      assertThatThrownBy(() -> admin.restore(dir.resolve("x"), true, QUIET))
          .hasMessageContaining("in use");
      assertThat(admin.info().pending()).isZero();
    }
  }

  @Test
  void aLivingInstanceKeepsItsPostgres() throws Exception {
    ServerConfig config = fresh(Engine.POSTGRES, "");
    String export = export(filled(Engine.POSTGRES));
    DatabaseAdmin admin = new DatabaseAdmin(config);
    admin.migrate(true);
    instance(config, "INSERT INTO instances VALUES ('other', now() + interval '1 hour')");
    assertThatThrownBy(() -> read(config, export, true)).hasMessageContaining("in use by 1 Amebo");
    assertThatThrownBy(() -> admin.restore(dir.resolve("x"), true, QUIET))
        .hasMessageContaining("in use by 1 Amebo");
    assertThat(admin.migrate(true)).as("a rolling upgrade migrates beside it").isEmpty();
    instance(config, "UPDATE instances SET expires_at = now() - interval '1 second'");
    read(config, export, false);
  }

  /** An export that stands still in its middle until it is let go. */
  private static final class Slow extends InputStream {
    private final InputStream whole;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private int left;

    Slow(String export) {
      byte[] bytes = export.getBytes(StandardCharsets.UTF_8);
      this.whole = new ByteArrayInputStream(bytes);
      this.left = bytes.length / 2;
    }

    @Override
    public int read() throws IOException {
      if (left-- == 0) {
        reached.countDown();
        try {
          go.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      return whole.read();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int one = read();
      if (one >= 0) {
        into[offset] = (byte) one;
      }
      return one < 0 ? -1 : 1;
    }
  }

  @Test
  void whileOneReplacesAllNobodyElseBegins() throws Exception {
    String export = export(filled(Engine.POSTGRES));
    ServerConfig config = fresh(Engine.POSTGRES, "");
    AmeboServer.start(config).close();
    DatabaseAdmin admin = new DatabaseAdmin(config);
    Slow slow = new Slow(export);
    CompletableFuture<DatabaseAdmin.Restored> first =
        CompletableFuture.supplyAsync(() -> admin.read(slow, true, QUIET));
    slow.reached.await();
    assertThatThrownBy(() -> AmeboServer.start(config)).hasMessageContaining("being replaced");
    assertThatThrownBy(() -> read(config, export, true)).hasMessageContaining("another amebo db");
    assertThatThrownBy(() -> export(config)).hasMessageContaining("wait until it is done");
    assertThatThrownBy(() -> admin.migrate(true)).hasMessageContaining("wait until it is done");
    slow.go.countDown();
    first.join();
    assertThat(rows(export(config))).containsExactlyElementsOf(rows(export));
    AmeboServer.start(config).close();
  }

  @Test
  void aRestoreThatFailsInTheMiddleLeavesWhatWasThere() throws Exception {
    ServerConfig config = filled(Engine.POSTGRES);
    DatabaseAdmin admin = new DatabaseAdmin(config);
    Path backup = dir.resolve("backup");
    admin.backup(backup, false, QUIET);
    try (AmeboServer server = AmeboServer.start(config)) {
      publish(Wire.admin(server), "after the backup", "{\"id\":9}");
    }
    String before = export(config);
    instance(
        config,
        "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS"
            + " 'BEGIN RAISE EXCEPTION ''the disk is full''; END'");
    instance(
        config,
        "CREATE TRIGGER no_room BEFORE INSERT ON deliveries FOR EACH ROW EXECUTE FUNCTION no_room()");
    assertThatThrownBy(() -> admin.restore(backup, true, QUIET))
        .hasMessageContaining("the database is as it was")
        .hasMessageContaining("the disk is full");
    assertThat(export(config)).isEqualTo(before);
    instance(config, "DROP TRIGGER no_room ON deliveries");
    AmeboServer.start(config).close();
    admin.restore(backup, true, QUIET);
    assertThat(export(config)).doesNotContain("after the backup");
    AmeboServer.start(config).close();
  }

  @Test
  void aServerKeepsItsPostgresEvenWhereNoInstanceIsSeen() throws Exception {
    ServerConfig config = fresh(Engine.POSTGRES, "");
    String export = export(filled(Engine.POSTGRES));
    try (AmeboServer server = AmeboServer.start(config)) {
      assertThat(server.port()).isPositive();
      instance(config, "DELETE FROM instances");
      assertThatThrownBy(() -> read(config, export, true)).hasMessageContaining("is in use by");
    }
    read(config, export, false);
  }

  private static void instance(ServerConfig config, String sql) throws Exception {
    try (Connection connection = Engine.POSTGRES.connect(config.dsn());
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }
}
