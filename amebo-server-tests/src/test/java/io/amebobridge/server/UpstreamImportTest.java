package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.amebobridge.server.admin.AdminException;
import io.amebobridge.server.admin.DatabaseAdmin;
import io.amebobridge.server.admin.Progress;
import io.amebobridge.server.admin.UpstreamReport;
import io.amebobridge.server.store.Dsn;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Databases that real upstream servers wrote, of both kinds of ids, are taken over. */
class UpstreamImportTest {
  static {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(30)); // machines that build are busy
  }

  private static final Progress QUIET = Progress.NONE;

  /** The receiver that the upstream servers delivered to. */
  private static final String RECEIVER = "http://127.0.0.1:39471";

  @TempDir Path dir;

  private String numbers() throws Exception {
    String upstream = Engine.POSTGRES.dsn(dir);
    SqlScript.run(Engine.POSTGRES, upstream, "/upstream/0.5.7-postgresql.sql");
    return upstream;
  }

  private String uuids(Engine engine) throws Exception {
    String upstream = engine.dsn(dir.resolve("upstream"));
    if (engine == Engine.SQLITE) {
      java.nio.file.Files.createDirectories(dir.resolve("upstream/data"));
    }
    SqlScript.run(
        engine,
        upstream,
        "/upstream/0.9.6-" + (engine == Engine.SQLITE ? "sqlite" : "postgresql") + ".sql");
    return upstream;
  }

  private static UpstreamReport read(ServerConfig config, String upstream, boolean dryRun) {
    return new DatabaseAdmin(config).readUpstream(Dsn.parse(upstream), false, dryRun, QUIET);
  }

  private static List<String> of(UpstreamReport report, String table, String what) {
    return report.notes().stream()
        .filter(note -> note.table().equals(table) && note.what().contains(what))
        .flatMap(note -> note.examples().stream())
        .toList();
  }

  private static final Map<String, UpstreamReport.Count> NUMBERS =
      Map.of(
          "applications", new UpstreamReport.Count(3, 0, 0),
          "actions", new UpstreamReport.Count(4, 0, 0),
          "events", new UpstreamReport.Count(14, 1, 0),
          "subscriptions", new UpstreamReport.Count(5, 0, 0),
          "gists", new UpstreamReport.Count(23, 0, 0));

  @Test
  void whatIsAdaptedIsReported() throws Exception {
    String upstream = numbers();
    ServerConfig config = Fixture.config(Engine.SQLITE.dsn(dir));
    UpstreamReport dry = read(config, upstream, true);
    assertThat(dir.resolve("data")).as("a dry run writes nothing").doesNotExist();
    UpstreamReport report = read(config, upstream, false);
    assertThat(report).isEqualTo(dry);
    assertThat(report.tables()).isEqualTo(NUMBERS);
    assertThat(of(report, "events", "the same deduper")).containsExactly("10 (o1)");
    assertThat(of(report, "actions", "not valid")).containsExactly("order.broken");
    assertThat(of(report, "actions", "could not be registered")).containsExactly("order shipped!");
    assertThat(of(report, "gists", "given it up")).hasSize(6);
    assertThat(of(report, "gists", "pending")).hasSize(8);
    assertThat(of(report, "gists", "lost this delivery"))
        .as("the 500 for a null sleep_until")
        .containsExactly("event 12 for 3", "event 12 for 4");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsPendingIsDeliveredAndNothingElse(Engine engine) throws Exception {
    ServerConfig config = Fixture.config(engine.dsn(dir));
    String upstream = numbers();
    read(config, upstream, false);
    try (Receiver receiver = new Receiver();
        AmeboServer server = AmeboServer.start(config)) {
      Wire admin = Wire.admin(server);
      for (JsonNode each : admin.get("/v1/subscriptions").json()) {
        String handler = each.path("handler").asString();
        assertThat(handler).startsWith(RECEIVER + "/");
        Fixture.expect(
            200,
            admin.put(
                "/v1/subscriptions/" + each.path("subscription").asLong(),
                "{\"handler\":\"" + handler.replace(RECEIVER, receiver.url()) + "\"}"));
      }
      Wire shop = Wire.anonymous(server).application("shop", "shop-secret-0123456789");
      Fixture.expect(
          201, shop.post("/v1/events", Fixture.event("user.created", "new", "{\"id\":99}")));
      await().until(() -> receiver.events().size() >= 4);
      await()
          .until(
              () ->
                  admin.get("/v1/gists?status=delivered").json().findValuesAsString("gist").size()
                      >= 13);
      assertThat(receiver.calls().stream().map(call -> call.path() + " " + call.event()))
          .as("8 and 9 were failing upstream; 10, 11 and 13 sleep; 15 is new")
          .containsExactlyInAnyOrder(
              "/bad/orders 8", "/bad/orders 9", "/ok/users 15", "/bad/users 15");
      assertThat(receiver.calls().stream().filter(call -> call.path().startsWith("/bad")).toList())
          .allMatch(
              call -> "billing secret with spaces".equals(call.headers().get("x-pass-phrase")));
      List<String> waiting =
          admin.get("/v1/gists?status=waiting").json().findValuesAsString("next_attempt");
      assertThat(waiting).hasSize(6).allMatch(next -> next.startsWith("2026-1"));
      JsonNode event = admin.get("/v1/events?id=2").json().get(0);
      assertThat(event.path("payload").path("name").asString())
          .isEqualTo("Zoë \uD83C\uDF89 \"q\" \\ 2");
      assertThat(event.path("timestamped").asString()).startsWith("2026-11-22T20:34:32");
      assertThat(admin.get("/v1/events?deduper=u2").json()).as("of two actions").hasSize(2);
    }
  }

  @Test
  void anActionWithAnInvalidSchemaSaysSo() throws Exception {
    ServerConfig config = Fixture.config(Engine.SQLITE.dsn(dir));
    read(config, numbers(), false);
    try (AmeboServer server = AmeboServer.start(config)) {
      Wire admin = Wire.admin(server);
      Wire.Reply refused =
          admin.post("/v1/events", Fixture.event("order.broken", "x", "{\"a\":1}"));
      assertThat(refused.status()).isEqualTo(406);
      assertThat(refused.error())
          .contains("order.broken", "schema", "not valid", "PUT /v1/actions/order.broken");
      Fixture.expect(201, admin.post("/v1/events", Fixture.event("order.paid", "y", "{\"a\":1}")));
      Fixture.expect(
          200, admin.put("/v1/actions/order.broken", "{\"schemata\":{\"type\":\"object\"}}"));
      Fixture.expect(
          201, admin.post("/v1/events", Fixture.event("order.broken", "x", "{\"a\":1}")));
    }
  }

  @ParameterizedTest
  @EnumSource
  void theReleasesWithUuidsToo(Engine upstreamEngine) throws Exception {
    ServerConfig config = Fixture.config(Engine.SQLITE.dsn(dir));
    UpstreamReport report = read(config, uuids(upstreamEngine), false);
    assertThat(report.tables().get("applications")).isEqualTo(new UpstreamReport.Count(5, 1, 0));
    assertThat(report.tables().get("events")).isEqualTo(new UpstreamReport.Count(8, 4, 0));
    assertThat(of(report, "applications", "disabled")).containsExactly("closed");
    assertThat(report.notes())
        .as("tables of SQLite's own")
        .noneMatch(note -> note.table().startsWith("sqlite_"));
    assertThat(of(report, "events", "metadata")).containsExactly("2", "3", "4");
    assertThat(of(report, "events", "same deduper")).containsExactly("6 (o1)");
    assertThat(of(report, "subscriptions", "the body is the payload alone")).hasSize(5);
    boolean sqlite = upstreamEngine == Engine.SQLITE; // only there the unsubscribing succeeded
    assertThat(of(report, "subscriptions", "unsubscribed")).hasSize(sqlite ? 1 : 0);
    assertThat(of(report, "gists", "pending")).hasSize(sqlite ? 7 : 9);
    try (AmeboServer server = AmeboServer.start(config)) {
      Wire admin = Wire.admin(server);
      assertThat(admin.get("/v1/subscriptions").json()).hasSize(sqlite ? 4 : 5);
      assertThat(admin.get("/v1/gists?completed=true").json().findValuesAsString("state"))
          .hasSize(9)
          .containsOnly("delivered");
      assertThat(admin.get("/v1/events?id=2").json().get(0).path("payload").path("name").asString())
          .isEqualTo("Zoë \uD83C\uDF89 2");
    }
    try (Connection connection = Engine.SQLITE.connect(config.dsn());
        Statement statement = connection.createStatement();
        var row = statement.executeQuery("SELECT count(*) FROM subscriptions WHERE paused = 1")) {
      assertThat(row.getInt(1)).as("those of the disabled application").isEqualTo(1);
    }
  }

  @Test
  void whatRefersToNothingIsRefusedByName() throws Exception {
    String upstream = uuids(Engine.SQLITE);
    try (Connection connection = Engine.SQLITE.connect(upstream);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("DELETE FROM actions WHERE action = 'user.v1.created'");
      statement.executeUpdate("DELETE FROM applications WHERE application = 'closed'");
      statement.executeUpdate("UPDATE applications SET secret = '' WHERE application = 'mailer'");
      statement.executeUpdate("UPDATE events SET timestamped = 'once' WHERE rowid = 8");
    }
    UpstreamReport report = read(Fixture.config(Engine.SQLITE.dsn(dir)), upstream, false);
    assertThat(of(report, "events", "its action is not there")).containsExactly("1", "2", "3", "4");
    assertThat(of(report, "subscriptions", "its application is not there"))
        .containsExactly("5 (closed, order.v1.paid)");
    assertThat(of(report, "gists", "is not there")).hasSize(6 + 4);
    assertThat(of(report, "applications", "had no secret")).containsExactly("mailer");
    assertThat(of(report, "events", "its time cannot be read")).containsExactly("8");
  }

  private static String changed(String upstream, String... statements) throws Exception {
    try (Connection connection = Engine.SQLITE.connect(upstream);
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.executeUpdate(each);
      }
    }
    return upstream;
  }

  @Test
  void whatASubscriptionNeverGotIsReported() throws Exception {
    String upstream =
        changed(
            uuids(Engine.SQLITE),
            "DELETE FROM gists WHERE subscription = 'ff674abed0bd4d4988f7ec8089815cda'",
            "DELETE FROM gists WHERE rowid ="
                + " (SELECT min(rowid) FROM gists"
                + " WHERE subscription = '690cd8679b6b430495024c07b5f2d962')");
    UpstreamReport report = read(Fixture.config(Engine.SQLITE.dsn(dir)), upstream, true);
    assertThat(of(report, "gists", "lost this delivery"))
        .as("1 had no gist either, and came before the first subscription")
        .containsExactly("event 2 for 1", "event 3 for 1", "event 4 for 1", "event 5 for 3");
  }

  @Test
  void whatIsNotJsonIsRefusedByName() throws Exception {
    String upstream =
        changed(
            uuids(Engine.SQLITE),
            "UPDATE events SET payload = '{\"id\":NaN}' WHERE rowid = 2",
            "UPDATE events SET payload = 'hello' WHERE rowid = 3",
            "UPDATE events SET payload = '{\"id\":4} {}' WHERE rowid = 4",
            "UPDATE events SET payload = '' WHERE rowid = 5",
            "UPDATE events SET payload = '\"a string\"' WHERE rowid = 8",
            "UPDATE actions SET schemata = 'no schema' WHERE action = 'order.v1.paid'",
            "UPDATE actions SET schemata = '\"{no: schema\"' WHERE action = 'vcs.v1.push'",
            "UPDATE actions SET schemata = '\"{}\"' WHERE action = 'vcs.v1.release'");
    ServerConfig config = Fixture.config(Engine.SQLITE.dsn(dir));
    UpstreamReport report = read(config, upstream, false);
    assertThat(of(report, "events", "is not JSON")).containsExactly("2", "3", "4", "5");
    assertThat(report.tables().get("events").refused()).isEqualTo(4);
    assertThat(of(report, "actions", "not valid")).contains("order.v1.paid", "vcs.v1.push");
    try (AmeboServer server = AmeboServer.start(config)) {
      Wire admin = Wire.admin(server);
      JsonNode events = admin.get("/v1/events?order=id").json();
      assertThat(events.findValuesAsString("event")).hasSize(4);
      assertThat(admin.get("/v1/events?id=8").json().get(0).path("payload").stringValue())
          .isEqualTo("a string");
      assertThat(schema(admin, "order.v1.paid").stringValue()).isEqualTo("no schema");
      assertThat(schema(admin, "vcs.v1.push").stringValue()).isEqualTo("{no: schema");
      assertThat(schema(admin, "vcs.v1.release").isObject()).isTrue();
    }
  }

  private static JsonNode schema(Wire admin, String action) {
    return admin.get("/v1/actions?action=" + action).json().get(0).path("schemata");
  }

  @Test
  void timesNeverGoBack() throws Exception {
    String upstream =
        changed(
            uuids(Engine.SQLITE),
            "UPDATE events SET timestamped = 'once' WHERE rowid IN (1, 4)",
            "UPDATE events SET timestamped = '2026-11-22T20:35:20' WHERE rowid = 3",
            "UPDATE events SET timestamped = '2999-11-22T20:35:20' WHERE rowid = 8");
    ServerConfig config = Fixture.config(Engine.SQLITE.dsn(dir));
    UpstreamReport report = read(config, upstream, false);
    assertThat(of(report, "events", "its time cannot be read")).containsExactly("1", "4");
    assertThat(of(report, "events", "before that of an earlier")).containsExactly("3");
    assertThat(of(report, "events", "in the future")).containsExactly("8");
    List<Long> times = new ArrayList<>();
    try (Connection connection = Engine.SQLITE.connect(config.dsn());
        Statement statement = connection.createStatement();
        var row = statement.executeQuery("SELECT timestamped FROM events ORDER BY id")) {
      while (row.next()) {
        times.add(row.getLong(1));
      }
    }
    assertThat(times).hasSize(8).isSorted();
    long second = Instant.parse("2026-11-22T20:35:27.995Z").toEpochMilli();
    assertThat(times.subList(0, 4)).containsOnly(second);
    assertThat(times.get(7)).isLessThanOrEqualTo(System.currentTimeMillis());
  }

  @Test
  void whatCannotBeSentToOrSignedWithIsReported() throws Exception {
    String upstream =
        changed(
            uuids(Engine.SQLITE),
            "UPDATE applications SET secret = 'whsec_no base64!' WHERE application = 'mailer'",
            "UPDATE applications SET secret = 'short' WHERE application = 'billing'",
            "UPDATE applications SET address = 'http://2130706433/' WHERE application = 'shop'",
            "UPDATE subscriptions SET handler = 'http://user:pw@host/x' WHERE rowid = 1",
            "UPDATE subscriptions SET handler = '/below' WHERE rowid = 2");
    UpstreamReport report = read(Fixture.config(Engine.SQLITE.dsn(dir)), upstream, true);
    assertThat(of(report, "applications", "no webhook can be signed")).containsExactly("mailer");
    assertThat(of(report, "applications", "could not be registered")).containsExactly("billing");
    assertThat(of(report, "applications", "nothing can be sent"))
        .containsExactlyInAnyOrder("amebo", "shop");
    assertThat(of(report, "subscriptions", "nothing can be sent"))
        .containsExactly("1 (mailer, user.v1.created)");
    assertThat(report.notes().toString()).doesNotContain("base64!", "user:pw");
  }

  @Test
  void otherDatabasesAreRefused() {
    ServerConfig config = Fixture.config(Engine.SQLITE.dsn(dir));
    assertThatThrownBy(() -> read(config, Engine.POSTGRES.dsn(dir), false))
        .isInstanceOf(AdminException.class)
        .hasMessageContaining("_amebo_");
    assertThatThrownBy(() -> read(config, "sqlite:" + dir.resolve("none.db"), false))
        .hasMessageContaining("no upstream database");
    assertThat(dir.resolve("none.db")).doesNotExist();
  }
}
