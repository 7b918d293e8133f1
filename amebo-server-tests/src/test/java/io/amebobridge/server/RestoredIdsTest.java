package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.amebobridge.server.admin.DatabaseAdmin;
import io.amebobridge.server.admin.Progress;
import io.amebobridge.server.store.LogWriter;
import io.amebobridge.server.store.NewLogEvent;
import io.amebobridge.server.store.Store;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** No id that a receiver may have seen is given to another event after a restore. */
class RestoredIdsTest {
  static {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(30)); // machines that build are busy
  }

  private static final Progress QUIET = Progress.NONE;
  private static final long LEAST_SKIP = 1L << 28;
  @TempDir Path dir;

  private static long publish(Wire admin, String deduper) {
    return Fixture.expect(
            201, admin.post("/v1/events", Fixture.event("user.created", deduper, "{\"id\":1}")))
        .json()
        .path("event")
        .asLong();
  }

  private static Set<String> webhookIds(List<Receiver.Call> calls) {
    return calls.stream().map(call -> call.headers().get("webhook-id")).collect(Collectors.toSet());
  }

  private static JsonNode standing(Wire admin) {
    return admin.get("/v1/status").json().path("subscriptions").get(0);
  }

  /** Serves, and delivers what it says; the ids and webhook-ids are new. */
  private void serve(
      ServerConfig config, Receiver receiver, Set<Long> ids, Set<String> seen, String... dedupers) {
    try (AmeboServer server = start(config)) {
      Wire admin = Wire.admin(server);
      for (String deduper : dedupers) {
        int before = receiver.calls().size();
        assertThat(ids.add(publish(admin, deduper))).as("the id of %s is new", deduper).isTrue();
        await().until(() -> receiver.calls().size() == before + 1);
        String id = receiver.calls().get(before).headers().get("webhook-id");
        assertThat(seen.add(id)).as("the webhook-id of %s is new", deduper).isTrue();
      }
      await().until(() -> standing(admin).path("lag").asLong(-1) == 0);
    }
  }

  private static AmeboServer start(ServerConfig config) {
    try {
      return AmeboServer.start(config);
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  private ServerConfig registered(Engine engine, String name, Receiver receiver) {
    ServerConfig config = Fixture.config(engine.dsn(dir.resolve(name)));
    try (AmeboServer server = start(config)) {
      Wire admin = Wire.admin(server);
      Fixture.register(admin, receiver.url());
      Fixture.subscribe(admin, "user.created", "");
    }
    return config;
  }

  private static void update(Engine engine, ServerConfig config, String sql) throws Exception {
    try (Connection connection = engine.connect(config.dsn());
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRestoreOverTheOldDatabaseGoesOnAboveIt(Engine engine) throws Exception {
    Path backup = dir.resolve("backup");
    Set<Long> ids = new HashSet<>();
    Set<String> seen = new HashSet<>();
    try (Receiver receiver = new Receiver()) {
      ServerConfig config = registered(engine, "one", receiver);
      serve(config, receiver, ids, seen, "a", "b");
      DatabaseAdmin admin = new DatabaseAdmin(config);
      admin.backup(backup, false, QUIET);
      serve(config, receiver, ids, seen, "lost 1", "lost 2");
      // More than a restore skips where it knows nothing.
      long far = 1L << 40;
      update(engine, config, "UPDATE events SET id = " + far + " WHERE deduper = 'lost 2'");
      ids.add(far);
      admin.restore(backup, true, QUIET);
      serve(config, receiver, ids, seen, "new 1", "new 2");
      assertThat(ids.stream().max(Long::compare).orElseThrow()).isGreaterThan(far + LEAST_SKIP);
      // Again the same backup: what the first restore gave is not given again either.
      admin.restore(backup, true, QUIET);
      serve(config, receiver, ids, seen, "new 3", "new 4");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRestoreWhereTheOldIsLostGoesOnFarAboveTheBackup(Engine engine) throws Exception {
    Path backup = dir.resolve("backup");
    Set<Long> ids = new HashSet<>();
    Set<String> seen = new HashSet<>();
    try (Receiver receiver = new Receiver()) {
      ServerConfig config = registered(engine, "one", receiver);
      serve(config, receiver, ids, seen, "a", "b");
      // A day old: more may have been given since.
      long day = Duration.ofDays(1).toMillis();
      for (String table : List.of("applications", "actions", "subscriptions", "events")) {
        update(engine, config, "UPDATE " + table + " SET timestamped = timestamped - " + day);
      }
      new DatabaseAdmin(config).backup(backup, false, QUIET);
      serve(config, receiver, ids, seen, "lost 1", "lost 2");
      ServerConfig elsewhere = Fixture.config(engine.dsn(dir.resolve("two")));
      new DatabaseAdmin(elsewhere).restore(backup, false, QUIET);
      Set<Long> fresh = new HashSet<>();
      serve(elsewhere, receiver, fresh, seen, "new 1", "new 2");
      assertThat(fresh).doesNotContainAnyElementsOf(ids);
      assertThat(fresh).allMatch(id -> id > LEAST_SKIP + 10_000 * 86_400L);
      assertThat(fresh).allMatch(id -> id < 1L << 32);
      // The skip goes with the data, wherever that goes.
      ByteArrayOutputStream export = new ByteArrayOutputStream();
      new DatabaseAdmin(elsewhere).export(export, QUIET);
      Engine other = engine == Engine.SQLITE ? Engine.POSTGRES : Engine.SQLITE;
      ServerConfig moved = Fixture.config(other.dsn(dir.resolve("three")));
      new DatabaseAdmin(moved).read(new ByteArrayInputStream(export.toByteArray()), false, QUIET);
      Set<Long> later = new HashSet<>();
      serve(moved, receiver, later, seen, "newer");
      long last = fresh.stream().max(Long::compare).orElseThrow();
      assertThat(later).allMatch(id -> id > last + LEAST_SKIP);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsBehindTheSkipIsDeliveredAndReadAsBefore(Engine engine) throws Exception {
    Path backup = dir.resolve("backup");
    try (Receiver receiver = new Receiver()) {
      ServerConfig config = registered(engine, "one", receiver);
      try (AmeboServer server = start(config)) {
        Wire admin = Wire.admin(server);
        Fixture.expect(200, admin.post("/v1/subscriptions/1/pause", "{}"));
        publish(admin, "a");
        publish(admin, "b");
      }
      new DatabaseAdmin(config).backup(backup, false, QUIET);
      ServerConfig restored = Fixture.config(engine.dsn(dir.resolve("two")));
      new DatabaseAdmin(restored).restore(backup, false, QUIET);
      try (AmeboServer server = start(restored)) {
        Wire admin = Wire.admin(server);
        long fresh = publish(admin, "c");
        assertThat(fresh).isGreaterThan(LEAST_SKIP);
        assertThat(receiver.calls()).isEmpty();
        Fixture.expect(200, admin.post("/v1/subscriptions/1/resume", "{}"));
        await().until(() -> receiver.calls().size() == 3);
        assertThat(webhookIds(receiver.calls()))
            .containsExactlyInAnyOrder(webhookId(1), webhookId(2), webhookId(fresh));
        await().until(() -> standing(admin).path("lag").asLong(-1) == 0);
        // Readers that go on after what they have seen miss nothing.
        JsonNode after = admin.get("/v1/events?after=1").json();
        assertThat(after.size()).isEqualTo(2);
        assertThat(after.get(1).path("event").asLong()).isEqualTo(fresh);
        // A rewind finds its place over the skip.
        Fixture.expect(202, admin.post("/v1/subscriptions/1/rewind", "{\"to\":1}"));
        await().until(() -> receiver.calls().size() == 5);
        long second = Fixture.subscribe(admin, "user.deleted", "");
        assertThat(second).as("a lost subscription's id is not given either").isGreaterThan(1000);
      }
    }
  }

  private static String webhookId(long event) {
    return Long.toString((event << 20) + 1);
  }

  @Test
  void anImportThatBeginsAgainForgetsNoId() throws Exception {
    try (Receiver receiver = new Receiver()) {
      ServerConfig config = registered(Engine.POSTGRES, "one", receiver);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      new DatabaseAdmin(config).export(out, QUIET);
      byte[] export = out.toByteArray();
      ServerConfig target = Fixture.config(Engine.SQLITE.dsn(dir.resolve("two")));
      AmeboServer.start(target).close();
      long far = 1L << 40;
      update(
          Engine.SQLITE,
          target,
          "INSERT INTO settings VALUES ('event_ids_skipped/0', '" + far + "')");
      byte[] cut =
          new String(export, StandardCharsets.UTF_8)
              .substring(0, export.length / 2)
              .getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 2; i++) {
        boolean again = i > 0;
        assertThatThrownBy(
                () -> new DatabaseAdmin(target).read(new ByteArrayInputStream(cut), again, QUIET))
            .hasMessageContaining("did not finish");
      }
      new DatabaseAdmin(target).read(new ByteArrayInputStream(export), true, QUIET);
      try (AmeboServer server = start(target)) {
        assertThat(publish(Wire.admin(server), "x")).isGreaterThan(far + LEAST_SKIP);
      }
    }
  }

  @Test
  void aServerThatWasCutOffMeanwhileWritesNoMore() throws Exception {
    try (Receiver receiver = new Receiver()) {
      ServerConfig config = registered(Engine.POSTGRES, "one", receiver);
      Path backup = dir.resolve("backup");
      DatabaseAdmin admin = new DatabaseAdmin(config);
      admin.backup(backup, false, QUIET);
      LogWriter.Limits limits = new LogWriter.Limits(500, 50_000, 64 << 20);
      try (Store store =
          Store.open(
              config.database(), limits, config.clock(), new CommitRelay(new ServerMetrics()))) {
        NewLogEvent event = new NewLogEvent(1, new byte[] {'1'}, null, null, null, null);
        assertThat(store.writer().append(List.of(event)).join()).hasSize(1);
        cutOff(config);
        admin.restore(backup, true, QUIET);
        update(Engine.POSTGRES, config, "UPDATE subscriptions SET cursor = 0");
        // The first attempt may only find out that its session is gone.
        await()
            .until(() -> store.writer().append(List.of(event)).handle((a, e) -> e).join() != null);
        assertThatThrownBy(() -> store.writer().append(List.of(event)).join())
            .hasMessageContaining("was replaced");
        await().until(() -> store.trouble().orElse("").contains("restart the server"));
      }
      assertThat(new DatabaseAdmin(config).info().counts().events()).isZero();
    }
  }

  private static void cutOff(ServerConfig config) throws Exception {
    try (Connection connection = Engine.POSTGRES.connect(config.dsn());
        Statement statement = connection.createStatement()) {
      statement.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    }
  }

  @Test
  void aDamagedDatabaseIsReplacedAllTheSame() throws Exception {
    try (Receiver receiver = new Receiver()) {
      ServerConfig config = registered(Engine.SQLITE, "one", receiver);
      Path backup = dir.resolve("backup");
      new DatabaseAdmin(config).backup(backup, false, QUIET);
      Files.writeString(dir.resolve("one/data/amebo.db"), "not a database at all\n".repeat(500));
      new DatabaseAdmin(config).restore(backup, true, QUIET);
      try (AmeboServer server = start(config)) {
        assertThat(publish(Wire.admin(server), "x")).isGreaterThan(LEAST_SKIP);
      }
    }
  }
}
