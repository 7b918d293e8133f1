package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What every verb has in common: help with an example, exit codes, words for a wrong use. */
class UsageTest {
  private static final List<String> WITH_CONFIG =
      List.of("run", "check", "inventory", "test", "dead-letters list", "dead-letters replay");

  /** All verbs, also those inside others. */
  static List<String> verbs() {
    return Main.command().getSubcommands().entrySet().stream()
        .filter(verb -> !verb.getKey().equals("help"))
        .flatMap(
            verb -> {
              Map<String, CommandLine> inside = verb.getValue().getSubcommands();
              return inside.isEmpty()
                  ? List.of(verb.getKey()).stream()
                  : inside.keySet().stream()
                      .filter(name -> !name.equals("help"))
                      .map(name -> verb.getKey() + " " + name);
            })
        .toList();
  }

  private static Cli run(String verb, Object... more) {
    List<Object> all = new ArrayList<>(List.of((Object[]) verb.split(" ")));
    all.addAll(List.of(more));
    return Cli.run(all.toArray());
  }

  @Test
  void theVerbsOfTheReadmeAreThere() {
    assertThat(verbs())
        .contains("demo", "serve")
        .contains("dead-letters show")
        .containsAll(WITH_CONFIG);
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void helpHasAnExampleThatNamesTheVerb(String verb) {
    Cli cli = run(verb, "--help");
    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out()).contains("Example:").contains("amebo " + verb);
    assertThat(cli.err()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void anUnknownOptionIsWrongUsage(String verb) {
    Object[] needed =
        verb.startsWith("db ")
            ? new Object[] {"file"}
            : verb.matches("demo|serve") ? new Object[0] : new Object[] {"-c", "x.yaml", "1"};
    Cli cli = run(verb + " --no-such-option", needed);
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains("--no-such-option");
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void noVerbOrAnUnknownOneIsWrongUsage() {
    assertThat(Cli.run().exitCode()).isEqualTo(2);
    Cli cli = Cli.run("chekc");
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains("chekc").contains("check");
  }

  @Test
  void helpOfAllAndTheVersion() {
    Cli help = Cli.run("--help");
    assertThat(help.exitCode()).isZero();
    assertThat(help.out()).contains("demo", "serve", "check", "run", "test", "dead-letters");
    Cli version = Cli.run("--version");
    assertThat(version.exitCode()).isZero();
    assertThat(version.out()).matches("amebo-bridge \\d+\\.\\d+\\.\\d+\\S*\\R");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"run", "check", "inventory", "test", "dead-letters list", "dead-letters replay"})
  void aMissingConfigIsNamed(String verb, @TempDir Path dir) {
    Path missing = dir.resolve("no-such-bridge.yaml");
    Cli cli = run(verb, "-c", missing);
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains(missing.toString());
    Cli none = run(verb);
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err()).contains("--config");
  }

  @Test
  void valuesThatOnlyTheVerbCanJudge(@TempDir Path dir) throws Exception {
    Path config = TestConfigs.write(dir, TestConfigs.VALID);
    assertUsage(run("check", "-c", config, "--sample", "-1"), "--sample", "-1", "0 to 1000");
    assertUsage(run("dead-letters list", "-c", config, "--limit", "0"), "--limit", "0");
    assertUsage(run("dead-letters list", "-c", config, "--from", "today"), "--from", "today");
    assertUsage(run("dead-letters list", "-c", config, "--after", "last"), "--after", "last");
    assertUsage(run("demo", "--messages", "1"), "--messages", "1");
    assertUsage(run("serve", "--port", "70000"), "--port", "70000");
    assertUsage(run("serve", "--dsn", "mysql:x"), "--dsn", "mysql:x", "sqlite:<file>");
    assertUsage(run("dead-letters show", "-c", config, "nonsense"), "nonsense", "list");
    assertUsage(run("dead-letters show", "-c", config, "00000001-1"), "00000001-1");
  }

  private static void assertUsage(Cli cli, String... says) {
    assertThat(cli.exitCode()).as(cli.err()).isEqualTo(2);
    assertThat(cli.err()).contains(says).doesNotContain("Exception");
  }
}
