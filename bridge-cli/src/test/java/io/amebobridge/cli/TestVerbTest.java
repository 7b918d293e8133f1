package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class TestVerbTest {
  private static final String PASSES =
      """
        - name: a created user
          input: {topic: user-events, body: {type: created, data: {seq: 1}}}
          expect:
            - {action: user.created, payload: {seq: 1}}
      """;
  private static final String FAILS =
      """
        - name: a wrong hope
          input: {topic: user-events, body: {type: created, data: {seq: 1}}}
          expect:
            - {action: user.created, payload: {seq: 2}}
      """;

  @TempDir Path dir;

  private Path config(String tests) throws Exception {
    return TestConfigs.write(dir, TestConfigs.VALID + "tests:\n" + tests);
  }

  @Test
  void allPass() throws Exception {
    Cli cli = Cli.run("test", "-c", config(PASSES));
    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out()).contains("ok    a created user").contains("1 passed, 0 failed");
  }

  @Test
  void oneFailsAndSaysWhereAndWhat() throws Exception {
    Path config = config(PASSES + FAILS);
    Cli cli = Cli.run("test", "-c", config);
    assertThat(cli.exitCode()).isEqualTo(1);
    long line = TestConfigs.VALID.lines().count() + 2 + PASSES.lines().count();
    assertThat(cli.out())
        .contains("ok    a created user")
        .contains("FAIL  a wrong hope")
        .contains(config + ":" + line)
        .contains("seq", "1", "2")
        .contains("1 passed, 1 failed");
  }

  @Test
  void asJson() throws Exception {
    Cli cli = Cli.run("test", "-c", config(PASSES + FAILS), "--json");
    assertThat(cli.exitCode()).isEqualTo(1);
    JsonNode json = cli.json();
    assertThat(json.path("passed").asInt()).isEqualTo(1);
    assertThat(json.path("failed").asInt()).isEqualTo(1);
    JsonNode failed = json.path("tests").path(1);
    assertThat(failed.path("name").asString()).isEqualTo("a wrong hope");
    assertThat(failed.path("passed").asBoolean()).isFalse();
    assertThat(failed.path("differences").toString()).contains("seq");
    assertThat(cli.out().lines()).hasSize(1);
  }

  @Test
  void noTestsAreSaidNotPretended() throws Exception {
    Cli cli = Cli.run("test", "-c", TestConfigs.write(dir, TestConfigs.VALID));
    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out()).contains("no tests").contains("0 passed, 0 failed");
  }

  /** The library of the mapping prints where what is called is no function. */
  @Test
  void whatALibraryPrintsIsNoPartOfTheReport() throws Exception {
    String noFunction = "\"{{ ($f := $round(?, 0); $f(data.seq)) }}\"";
    Path config =
        TestConfigs.write(
            dir, TestConfigs.VALID.replace("\"{{ data }}\"", noFunction) + "tests:\n" + PASSES);
    Cli cli = Cli.run("test", "-c", config, "--json");
    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.out().lines()).hasSize(1);
    assertThat(cli.json().path("failed").asInt()).isEqualTo(1);
    assertThat(cli.err()).as("what the library prints").isNotBlank();
  }
}
