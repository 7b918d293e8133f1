package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A wrong config: exit code 2, and every problem with its file, line and column. */
class ConfigRefusalTest {
  @TempDir Path dir;

  private Cli check(String yaml) throws Exception {
    return Cli.run("check", "-c", TestConfigs.write(dir, yaml));
  }

  private static String replaced(String what, String with) {
    assertThat(TestConfigs.VALID).contains(what);
    return TestConfigs.VALID.replace(what, with);
  }

  private static void assertRefused(Cli cli, String place, String... says) {
    assertThat(cli.exitCode()).as(cli.err()).isEqualTo(2);
    assertThat(cli.err()).contains("in one place").contains("bridge.yaml:" + place).contains(says);
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void anUnsetVariable() throws Exception {
    assertRefused(
        check(replaced("an-application-secret", "${NO_SUCH_VARIABLE_IS_SET}")),
        "4:",
        "amebo.secret",
        "NO_SUCH_VARIABLE_IS_SET");
  }

  @Test
  void aMissingStart() throws Exception {
    assertRefused(
        check(replaced("    start: earliest\n", "")),
        "7:5",
        "sources.events.start",
        "missing",
        "earliest",
        "latest",
        "group:<id>",
        "time:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"type in [", "type = = 1", "$nosuch(type)", "type &"})
  void badJsonata(String expression) throws Exception {
    assertRefused(
        check(replaced("type in [\"created\", \"updated\"]", "'" + expression + "'")),
        "12:",
        "routes[0].when");
  }

  @Test
  void badJsonataInATemplate() throws Exception {
    assertRefused(
        check(replaced("user.{{ type }}", "user.{{ type. }}")), "13:", "routes[0].action");
  }

  @Test
  void anUnknownKeyWithTheOneMeant() throws Exception {
    assertRefused(check(replaced("action:", "acton:")), "13:5", "acton", "action");
  }

  @Test
  void notYamlAtAll() throws Exception {
    Cli cli = check("amebo: {url: [\n");
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains("bridge.yaml:");
  }

  @Test
  void severalAtOnce() throws Exception {
    String yaml =
        replaced("an-application-secret", "${NO_SUCH_VARIABLE_IS_SET}")
            .replace("    start: earliest\n", "")
            .replace("type in [\"created\", \"updated\"]", "type in [")
            .replace("deadLetters: {file:", "deadLetters: {fiel:");
    Cli cli = check(yaml);
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err())
        .containsPattern("wrong in \\d places")
        .containsPattern("bridge\\.yaml:4:\\d+: amebo\\.secret: .*NO_SUCH_VARIABLE_IS_SET")
        .containsPattern("bridge\\.yaml:7:\\d+: sources\\.events\\.start: .*missing")
        .containsPattern("bridge\\.yaml:11:\\d+: routes\\[0\\]\\.when: ")
        .containsPattern("bridge\\.yaml:14:\\d+: deadLetters\\.fiel: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "test", "check"})
  void everyVerbRefusesIt(String verb) throws Exception {
    Path config = TestConfigs.write(dir, replaced("start: earliest", "start: sometime"));
    Cli cli = Cli.run(verb, "-c", config);
    assertRefused(cli, "8:", "sources.events.start", "sometime", "earliest");
  }
}
