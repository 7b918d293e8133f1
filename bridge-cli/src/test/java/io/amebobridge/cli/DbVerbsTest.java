package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.client.ApplicationSpec;
import io.amebobridge.client.Secret;
import io.amebobridge.server.AmeboServer;
import io.amebobridge.server.ServerConfig;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the verbs of amebo db say, and their exit codes; what they do is tested with the server. */
class DbVerbsTest {
  private static final Secret SECRET = Secret.of("a-shop's-secret-of-this-test");
  @TempDir private Path dir;
  private String dsn = "";

  @BeforeEach
  void filled() throws Exception {
    dsn = "sqlite:" + dir.resolve("a.db");
    try (AmeboServer server = AmeboServer.start(ServerConfig.of(dsn))) {
      server.api().register(new ApplicationSpec("shop", "http://127.0.0.1:9", SECRET));
      // Else the server's warning that it was stopped too early is taken for a verb's.
      org.awaitility.Awaitility.await().until(this::hasAdministrator);
    }
  }

  private boolean hasAdministrator() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:" + dsn);
        Statement statement = connection.createStatement();
        var row = statement.executeQuery("SELECT 1 FROM credentials")) {
      return row.next();
    }
  }

  @Test
  void infoForPeopleAndPrograms() {
    Cli people = Cli.run("db", "info", "--dsn", dsn);
    assertThat(people.exitCode()).as(people.err()).isZero();
    assertThat(people.out())
        .contains("a.db (sqlite)", ", current", "1 applications", "0 events", "no event", "v1");
    JsonNode json = Cli.run("db", "info", "--dsn", dsn, "--json").json();
    assertThat(json.path("counts").path("applications").asInt()).isEqualTo(1);
    assertThat(json.path("pending").asInt(-1)).isZero();
    assertThat(json.path("schemaApplied")).isEqualTo(json.path("schemaKnown"));
    assertThat(json.path("migrations").get(0).path("appliedAt").asString()).startsWith("20");
    assertThat(json.path("secretFingerprint").asString()).hasSize(64);
  }

  @Test
  void aDatabaseThatIsNotThereIsNotMade() {
    for (String verb : List.of("info", "export", "backup")) {
      Path none = dir.resolve("none.db");
      Cli cli =
          verb.equals("backup")
              ? Cli.run("db", verb, "--dsn", "sqlite:" + none, dir.resolve("b"))
              : Cli.run("db", verb, "--dsn", "sqlite:" + none);
      assertThat(cli.exitCode()).isEqualTo(1);
      assertThat(cli.err()).contains("there is no database").doesNotContain("Exception");
      assertThat(none).doesNotExist();
    }
  }

  @Test
  void migrateSaysWhatItDid() {
    Cli again = Cli.run("db", "migrate", "--dsn", dsn);
    assertThat(again.exitCode()).isZero();
    assertThat(again.out()).contains("nothing was done");
    Cli fresh = Cli.run("db", "migrate", "--dsn", "sqlite:" + dir.resolve("new.db"));
    assertThat(fresh.out()).contains("applied v1  event log", "applied v2");
  }

  @Test
  void migrateHelpSaysWhatItDoesAndWhen() {
    String help = Cli.run("db", "migrate", "--help").out().replaceAll("\\s+", " ");
    assertThat(help)
        .contains("amebo db info shows what is pending", "backup", "PostgreSQL beside running")
        .contains("leaves the schema as it was", "Not while a server runs on SQLite");
  }

  @Test
  void serveWithoutMigratingNamesTheVerb() {
    Cli cli =
        Cli.run("serve", "--no-migrate", "--port", 0, "--dsn", "sqlite:" + dir.resolve("n.db"));
    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.err()).contains("run: amebo db migrate");
  }

  @Test
  void backupAndRestoreTellOfTheSecretAndOfWhatWasKept() {
    Path file = dir.resolve("backup.db");
    Cli backup = Cli.run("db", "backup", "--dsn", dsn, file);
    assertThat(backup.exitCode()).as(backup.err()).isZero();
    assertThat(backup.err()).contains("checked", "1 applications", "AMEBO_SECRET is not in it");
    assertThat(Cli.run("db", "backup", "--dsn", dsn, file).exitCode()).isEqualTo(1);
    Cli quiet = Cli.run("db", "backup", "--quiet", "--force", "--dsn", dsn, file);
    assertThat(quiet.exitCode()).isZero();
    assertThat(quiet.err()).isEmpty();
    Cli refused = Cli.run("db", "restore", "--dsn", dsn, file);
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("exists", "--force");
    Cli over = Cli.run("db", "restore", "--force", "--dsn", dsn, file);
    assertThat(over.exitCode()).as(over.err()).isZero();
    assertThat(over.err()).contains("kept as", "a.db.replaced.").doesNotContain("WARNING");
    Cli elsewhere = Cli.run("db", "restore", "--dsn", "sqlite:" + dir.resolve("b/b.db"), file);
    assertThat(elsewhere.exitCode()).as(elsewhere.err()).isZero();
    assertThat(elsewhere.err()).contains("WARNING", "AMEBO_SECRET", "never in a backup");
  }

  @Test
  void exportAndImportAreOnePipe() {
    Cli export = Cli.run("db", "export", "--dsn", dsn);
    assertThat(export.exitCode()).as(export.err()).isZero();
    assertThat(export.out().lines()).allMatch(line -> line.startsWith("{\"type\":\""));
    assertThat(export.err()).contains("exported", "1 applications");
    String target = "sqlite:" + dir.resolve("c.db");
    Cli read = piped(export.out(), "db", "import", "--dsn", target);
    assertThat(read.exitCode()).as(read.err()).isZero();
    assertThat(rows(Cli.run("db", "export", "--dsn", target).out())).isEqualTo(rows(export.out()));
    Cli cut = piped("", "db", "import", "--dsn", "sqlite:" + dir.resolve("d.db"));
    assertThat(cut.exitCode()).isEqualTo(1);
    assertThat(cut.err()).contains("empty");
  }

  /** Without the head and the sums, and without the setting that makes new ids skip ahead. */
  private static List<String> rows(String export) {
    return export
        .lines()
        .filter(line -> line.contains("\"row\":") && !line.contains("\"event_ids_skipped/"))
        .toList();
  }

  @Test
  void anExportIntoAFileIsThereWholeOrNotAtAll() {
    Path file = dir.resolve("export.ndjson");
    assertThat(Cli.run("db", "export", "--dsn", dsn, file).exitCode()).isZero();
    assertThat(file).exists();
    Cli read = Cli.run("db", "import", "--dsn", "sqlite:" + dir.resolve("e.db"), file);
    assertThat(read.exitCode()).as(read.err()).isZero();
    Cli again = Cli.run("db", "export", "--dsn", dsn, file);
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err()).contains("exists; --force replaces it");
    assertThat(Cli.run("db", "export", "--force", "--dsn", dsn, file).exitCode()).isZero();
    Path none = dir.resolve("none.ndjson");
    Cli failed = Cli.run("db", "export", "--dsn", "sqlite:" + dir.resolve("none.db"), none);
    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(none).doesNotExist();
  }

  @Test
  void theDatabaseItselfIsNeverWrittenOver() throws Exception {
    Path link = Files.createSymbolicLink(dir.resolve("link"), dir.resolve("a.db"));
    Path there = Files.createSymbolicLink(dir.resolve("there"), dir);
    byte[] before = Files.readAllBytes(dir.resolve("a.db"));
    for (String verb : List.of("export", "backup")) {
      for (Path own :
          List.of(
              dir.resolve("a.db"),
              dir.resolve("a.db-wal"),
              dir.resolve("a.db-shm"),
              dir.resolve("a.db.lock"),
              dir.resolve("a.db.secret"),
              link,
              there.resolve("a.db"),
              there.resolve("a.db-wal"))) {
        Cli cli = Cli.run("db", verb, "--force", "--dsn", dsn, own);
        assertThat(cli.exitCode()).as(verb + own).isEqualTo(1);
        assertThat(cli.err()).contains("is the database's own file");
      }
    }
    assertThat(Files.readAllBytes(dir.resolve("a.db"))).isEqualTo(before);
    Cli directory = Cli.run("db", "export", "--force", "--dsn", dsn, dir);
    assertThat(directory.err()).contains("not a regular file");
  }

  @Test
  void onlyTheOwnerReadsWhatIsWritten() throws Exception {
    for (String verb : List.of("export", "backup")) {
      Path file = dir.resolve("file-" + verb);
      assertThat(Cli.run("db", verb, "--dsn", dsn, file).exitCode()).isZero();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
  }

  private String upstreamWithAnEventOfNoAction() throws Exception {
    String upstream = "sqlite:" + dir.resolve("upstream.db");
    try (Connection connection = DriverManager.getConnection("jdbc:" + upstream);
        Statement statement = connection.createStatement()) {
      for (String sql :
          List.of(
              "CREATE TABLE applications (application, address, secret, timestamped)",
              "CREATE TABLE actions (action, application, schemata, timestamped)",
              "CREATE TABLE events (event INTEGER, action, deduper, payload, timestamped)",
              "CREATE TABLE subscriptions (subscription INTEGER, application, action,"
                  + " max_retries, handler, description, timestamped)",
              "CREATE TABLE gists (event INTEGER, subscription INTEGER, completed, retries,"
                  + " sleep_until, timestamped)",
              "INSERT INTO events VALUES (1, 'gone', 'd', '{}', '2026-11-22T20:35:28')")) {
        statement.executeUpdate(sql);
      }
    }
    return upstream;
  }

  @Test
  void refusedRowsAreNoSuccess() throws Exception {
    String upstream = upstreamWithAnEventOfNoAction();
    Object[] verb = {"db", "import", "--dsn", "sqlite:" + dir.resolve("u.db")};
    Cli dry = Cli.run(with(verb, "--from-upstream", upstream, "--dry-run"));
    assertThat(dry.exitCode()).as(dry.err()).isZero();
    assertThat(dry.out()).contains("events: 0 would be imported, 0 adapted, 1 refused");
    Cli cli = Cli.run(with(verb, "--from-upstream", upstream));
    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.err()).contains("1 rows were refused");
    Cli accepted = Cli.run(with(verb, "--from-upstream", upstream, "--accept-refused"));
    assertThat(accepted.exitCode()).as(accepted.err()).isZero();
    assertUsage(Cli.run(with(verb, "--accept-refused")), "--from-upstream");
  }

  private static Object[] with(Object[] first, Object... more) {
    return Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray();
  }

  @Test
  void whatIsWrongUsage() {
    assertUsage(Cli.run("db"), "info");
    assertUsage(Cli.run("db", "info", "--dsn", "mysql:x"), "mysql:x", "sqlite:<file>");
    assertUsage(Cli.run("db", "backup", "--dsn", dsn), "FILE");
    assertUsage(Cli.run("db", "import", "--dsn", dsn, "--dry-run"), "--from-upstream");
    assertUsage(Cli.run("db", "import", "--dsn", dsn, "--from-upstream", "x"), "x");
    assertUsage(
        Cli.run("db", "import", "--dsn", dsn, "--from-upstream", "sqlite:x", "file"), "FILE");
  }

  private static void assertUsage(Cli cli, String... says) {
    assertThat(cli.exitCode()).as(cli.err()).isEqualTo(2);
    assertThat(cli.err()).contains(says).doesNotContain("Exception");
  }

  @Test
  void itWorksBesideARunningServerInAnotherProcess() throws Exception {
    Map<String, String> environment = Map.of("AMEBO_DSN", dsn);
    try (CliProcess.Running server = CliProcess.start(dir, environment, "serve", "--port", "0")) {
      org.awaitility.Awaitility.await().until(() -> server.saidSoFar().contains("serving at"));
      Cli info = Cli.run("db", "info", "--dsn", dsn);
      assertThat(info.exitCode()).as(info.err()).isZero();
      Cli backup = Cli.run("db", "backup", "--dsn", dsn, dir.resolve("live.db"));
      assertThat(backup.exitCode()).as(backup.err()).isZero();
      Cli migrate = Cli.run("db", "migrate", "--dsn", dsn);
      assertThat(migrate.exitCode()).isEqualTo(1);
      assertThat(migrate.err()).contains("in use by an Amebo server");
    }
    assertThat(Files.size(dir.resolve("live.db"))).isPositive();
  }

  private static Cli piped(String input, Object... arguments) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      return Cli.run(arguments);
    } finally {
      System.setIn(before);
    }
  }
}
