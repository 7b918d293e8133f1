package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ServeVerbTest {
  @TempDir Path dir;

  private Path file(String json) throws Exception {
    return Files.writeString(dir.resolve("server.json"), json);
  }

  @Test
  void printsWhatHoldsAndWhereItWasSaid() throws Exception {
    Path file =
        file("{\"AMEBO_USERNAME\": \"root\", \"AMEBO_SECRET\": \"${file:" + secret() + "}\"}");
    Cli cli = Cli.run("serve", "--print-config", "-c", file, "--port", "17");
    assertThat(cli.exitCode()).as(cli.err()).isZero();
    assertThat(cli.out())
        .containsPattern("AMEBO_PORT +17 +command line\\R")
        .containsPattern("AMEBO_USERNAME +root +" + file + "\\R")
        .containsPattern("AMEBO_SECRET +\\*\\*\\* +" + file + "\\R")
        .containsPattern("AMEBO_DELIVERY_TIMEOUT +30s +default\\R")
        .doesNotContain("a-secret-that");
  }

  private Path secret() throws Exception {
    return Files.writeString(dir.resolve("secret"), "a-secret-that-nobody-sees");
  }

  @Test
  void takesUpstreamsCommandLine() {
    Cli cli =
        Cli.run(
            "serve",
            "--print-config",
            "--workers",
            "2",
            "--address",
            "[::1]:4000",
            "--amebo_username",
            "root",
            "--amebo_idles",
            "3",
            "--amebo_password",
            "hunter2-hunter2");
    assertThat(cli.exitCode()).as(cli.err()).isZero();
    assertThat(cli.out())
        .containsPattern("AMEBO_HOST +::1 +command line")
        .containsPattern("AMEBO_PORT +4000 +command line")
        .containsPattern("AMEBO_USERNAME +root +command line")
        .doesNotContain("hunter2");
    assertThat(cli.err())
        .contains("warning: command line: --workers is ignored")
        .contains("warning: command line: --amebo_idles is ignored")
        .contains("warning: command line: --amebo_password can be read by everyone")
        .doesNotContain("hunter2");
  }

  @Test
  void saysAllThatIsWrongAndStartsNothing() throws Exception {
    Path file = file("{\"AMEBO_PROT\": 1,\n \"AMEBO_DELIVERY_WINDOW\": 0}");
    Cli cli = Cli.run("serve", "-c", file, "--delivery-timeout", "soon");
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err())
        .contains("the config is wrong in 3 places")
        .contains(file + ":1:2: AMEBO_PROT: unknown key, did you mean AMEBO_PORT?")
        .contains(file + ":2:27: AMEBO_DELIVERY_WINDOW: got 0, allowed: a whole number from 1 to")
        .contains("command line: --delivery-timeout: got soon, allowed: a duration");
    assertThat(cli.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void logsAreJsonWhereTheEnvironmentOrTheFileSaysSo(boolean byEnvironment) throws Exception {
    Path file = file(byEnvironment ? "{}" : "{\"AMEBO_LOG_FORMAT\": \"json\"}");
    Map<String, String> environment = new HashMap<>();
    if (byEnvironment) environment.put("AMEBO_LOG_FORMAT", "JSON");
    Object[] arguments = {
      "serve", "-c", file, "--port", "0", "--dsn", "sqlite:" + dir.resolve("a.db")
    };
    try (CliProcess.Running server = CliProcess.start(dir, environment, arguments)) {
      awaitServing(server);
      Cli ended = server.terminate();
      assertThat(ended.exitCode()).as(ended.err()).isZero();
      assertThat(ended.out()).isEmpty();
      List<JsonNode> lines =
          ended
              .err()
              .lines()
              .filter(l -> l.startsWith("{"))
              .map(JsonMapper.shared()::readTree)
              .toList();
      assertThat(lines)
          .anyMatch(
              l ->
                  l.path("level").asString().equals("INFO")
                      && l.path("formattedMessage").asString().startsWith("Amebo listens"));
      assertThat(ended.err().lines().filter(l -> !l.startsWith("{")))
          .allMatch(l -> l.startsWith("amebo: ") || l.startsWith("Picked up "));
    }
  }

  private static void awaitServing(CliProcess.Running server) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> server.saidSoFar().contains("serving at") || !server.process().isAlive());
  }

  /** SQLite's driver would leave a megabyte each time. */
  @Test
  void aKilledServerLeavesNothingAmongTemporaryFiles() throws Exception {
    Path temporary = Files.createDirectory(dir.resolve("temporary"));
    Map<String, String> environment = Map.of("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary);
    Object[] arguments = {"serve", "--port", "0", "--dsn", "sqlite:" + dir.resolve("a.db")};
    try (CliProcess.Running server = CliProcess.start(dir, environment, arguments)) {
      awaitServing(server);
      assertThat(server.process().isAlive()).as(server.saidSoFar()).isTrue();
      server.process().destroyForcibly().waitFor();
    }
    assertThat(temporary).isEmptyDirectory();
  }
}
