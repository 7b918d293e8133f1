package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.amebobridge.server.admin.DatabaseAdmin;
import io.amebobridge.server.admin.DatabaseInfo;
import io.amebobridge.server.admin.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** What a backup has, a restored server has; and it goes on from there. */
class BackupTest {
  static {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(30)); // machines that build are busy
  }

  private static final Progress QUIET = Progress.NONE;
  @TempDir Path dir;

  private static String event(int id, String kind) {
    return Fixture.event(
        "user.created", "d" + id, "{\"id\":" + id + ",\"email\":\"" + kind + "\"}");
  }

  @ParameterizedTest
  @EnumSource
  void aBackupUnderLoadIsRestoredWholeAndDeliveriesResume(Engine engine) throws Exception {
    ServerConfig config = Fixture.config(engine.dsn(dir.resolve("first")));
    Path file = dir.resolve("backup");
    Set<Integer> ackedBefore;
    JsonNode subscriptions;
    JsonNode dead;
    try (Receiver receiver = new Receiver()) {
      receiver.answer(call -> Receiver.Answer.of(call.body().contains("good") ? 200 : 500));
      try (AmeboServer server = AmeboServer.start(config)) {
        Wire admin = Wire.admin(server);
        Fixture.register(admin, receiver.url());
        Fixture.subscribe(admin, "user.created", 1, "");
        for (int i = 0; i < 20; i++) {
          Fixture.expect(201, admin.post("/v1/events", event(i, i % 5 == 0 ? "bad" : "good")));
        }
        await().until(() -> admin.get("/v1/gists?status=dead").json().size() == 4);
        await().until(() -> admin.get("/v1/gists?completed=true").json().size() >= 15);
        dead = admin.get("/v1/gists?status=dead&order=id").json();
        subscriptions = admin.get("/v1/subscriptions").json();
        ackedBefore = backupUnderLoad(config, admin, file);
      }
    }
    ServerConfig restored = Fixture.config(engine.dsn(dir.resolve("second")));
    DatabaseAdmin.Restored done = new DatabaseAdmin(restored).restore(file, false, QUIET);
    assertThat(done.secretMatches()).isTrue();
    assertThat(done.aside()).isNull();
    try (AmeboServer server = AmeboServer.start(restored)) {
      Wire admin = Wire.admin(server);
      assertThat(ids(admin)).containsAll(ackedBefore);
      assertThat(admin.get("/v1/subscriptions").json()).isEqualTo(subscriptions);
      assertThat(admin.get("/v1/gists?status=dead").json()).containsAll(dead);
      resumes(admin);
    }
  }

  /** What was acknowledged before the backup began. */
  private static Set<Integer> backupUnderLoad(ServerConfig config, Wire admin, Path file)
      throws Exception {
    AtomicInteger next = new AtomicInteger(1000);
    ConcurrentLinkedQueue<Integer> acked = new ConcurrentLinkedQueue<>();
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Void> load =
        CompletableFuture.runAsync(
            () -> {
              while (!stop.get()) {
                int id = next.getAndIncrement();
                Fixture.expect(201, admin.post("/v1/events", event(id, "good")));
                acked.add(id);
              }
            });
    await().until(() -> acked.size() > 50);
    Set<Integer> before = new HashSet<>(acked);
    new DatabaseAdmin(config).backup(file, false, QUIET);
    int after = acked.size();
    await().until(() -> acked.size() > after + 20);
    stop.set(true);
    load.get();
    return before;
  }

  private static Set<Integer> ids(Wire admin) {
    Set<Integer> ids = new HashSet<>();
    for (int page = 1; ; page++) {
      JsonNode events = admin.get("/v1/events?limit=100&page=" + page).json();
      events.forEach(e -> ids.add(e.path("payload").path("id").asInt()));
      if (events.size() < 100) {
        return ids;
      }
    }
  }

  /** All is delivered that is not dead; a dead one can be replayed; new ones come. */
  private void resumes(Wire admin) throws Exception {
    try (Receiver receiver = new Receiver()) {
      Fixture.expect(
          202, admin.put("/v1/applications/mailer", "{\"location\":\"" + receiver.url() + "\"}"));
      Fixture.expect(201, admin.post("/v1/events", event(5, "good-again").replace("d5", "new")));
      await()
          .until(
              () -> receiver.calls().stream().anyMatch(call -> call.body().contains("good-again")));
      await()
          .until(
              () ->
                  admin.get("/v1/status").json().path("subscriptions").get(0).path("lag").asInt(-1)
                      == 0);
    }
  }

  @Test
  void aRestoreNeverReplacesUnasked() throws Exception {
    ServerConfig config = Fixture.config(dir);
    AmeboServer.start(config).close();
    Path data = dir.resolve("data/amebo.db");
    DatabaseAdmin admin = new DatabaseAdmin(config);
    Path file = dir.resolve("backup.db");
    admin.backup(file, false, QUIET);
    assertThatThrownBy(() -> admin.backup(file, false, QUIET)).hasMessageContaining("--force");
    admin.backup(file, true, QUIET);
    try (AmeboServer server = AmeboServer.start(config)) {
      Fixture.register(Wire.admin(server), "http://127.0.0.1:9");
    }
    assertThatThrownBy(() -> admin.restore(file, false, QUIET))
        .hasMessageContaining("exists")
        .hasMessageContaining("--force");
    DatabaseInfo before = admin.info();
    DatabaseAdmin.Restored done = admin.restore(file, true, QUIET);
    assertThat(admin.info().counts()).isNotEqualTo(before.counts());
    assertThat(done.aside()).isNotNull().exists();
    DatabaseInfo aside = new DatabaseAdmin(Fixture.config("sqlite:" + done.aside())).info();
    assertThat(aside.counts()).isEqualTo(before.counts());
    try (Stream<Path> files = Files.list(data.getParent())) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .as("nothing of the old or of the work is left beside it")
          .noneMatch(f -> f.matches("amebo\\.db(-wal|-shm|\\.restoring.*)"));
    }
    AmeboServer.start(config).close();
  }

  @Test
  void aDamagedBackupChangesNothing() throws Exception {
    ServerConfig config = Fixture.config(dir);
    try (AmeboServer server = AmeboServer.start(config)) {
      Fixture.register(Wire.admin(server), "http://127.0.0.1:9");
    }
    DatabaseAdmin admin = new DatabaseAdmin(config);
    Path file = dir.resolve("backup.db");
    admin.backup(file, false, QUIET);
    DatabaseInfo before = admin.info();
    byte[] bytes = Files.readAllBytes(file);
    byte[] broken = bytes.clone();
    for (int i = 4096 * 3; i < 4096 * 6; i++) {
      broken[i] = (byte) (i * 31);
    }
    Path cut = dir.resolve("cut.db");
    Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    Path changed = Files.write(dir.resolve("changed.db"), broken);
    Path text = Files.writeString(dir.resolve("text"), "hello\n");
    Path other = dir.resolve("other.db");
    try (var connection = Engine.SQLITE.connect("sqlite:" + other);
        var statement = connection.createStatement()) {
      statement.executeUpdate("CREATE TABLE t (x)");
    }
    for (Path bad : List.of(cut, changed, text, other, dir.resolve("none"))) {
      assertThatThrownBy(() -> admin.restore(bad, true, QUIET))
          .as(bad.toString())
          .hasMessageFindingMatch("damaged|not a sound|not the header|not a backup|no backup");
    }
    assertThat(admin.info().counts()).isEqualTo(before.counts());
    try (Stream<Path> files = Files.list(dir.resolve("data"))) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .noneMatch(f -> f.contains("replaced") || f.contains("restoring"));
    }
  }

  @Test
  void aPackedExportIsRestoredIntoSqliteToo() throws Exception {
    ServerConfig postgres = Fixture.config(Engine.POSTGRES.dsn(dir));
    try (AmeboServer server = AmeboServer.start(postgres)) {
      Fixture.register(Wire.admin(server), "http://127.0.0.1:9");
    }
    Path file = dir.resolve("backup.ndjson.gz");
    new DatabaseAdmin(postgres).backup(file, false, QUIET);
    ServerConfig sqlite = Fixture.config(dir);
    new DatabaseAdmin(sqlite).restore(file, false, QUIET);
    assertThat(new DatabaseAdmin(sqlite).info().counts())
        .isEqualTo(new DatabaseAdmin(postgres).info().counts());
    DatabaseAdmin over = new DatabaseAdmin(postgres);
    assertThatThrownBy(() -> over.restore(file, false, QUIET))
        .hasMessageContaining("has data already");
    over.restore(file, true, QUIET);
    assertThatThrownBy(() -> over.restore(dir.resolve("data/amebo.db"), true, QUIET))
        .hasMessageContaining("amebo db import");
  }
}
