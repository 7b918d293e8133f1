package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Dead letters from the run that makes them to the replay that ends them. */
class DeadLettersVerbTest extends EndToEnd {
  @TempDir Path dir;

  private static byte[] old(int seq) {
    return bytes("{\"type\":\"created\",\"info\":{\"seq\":" + seq + "}}");
  }

  private Cli deadLetters(BridgeYaml yaml, String verb, Object... more) throws Exception {
    List<Object> all = new ArrayList<>(List.of("dead-letters", verb, "-c", yaml.writeTo(dir)));
    all.addAll(List.of(more));
    return Cli.run(all.toArray());
  }

  /** Half of them can't be mapped by the config as it is. */
  private BridgeYaml runWithDeadLetters(String topic) throws Exception {
    BridgeYaml yaml = yaml(topic);
    try (TestBridge bridge = TestBridge.start(yaml.writeTo(dir))) {
      bridge.awaitDone(4).assertAccounted();
      assertThat(bridge.count("deadLettered")).isEqualTo(2);
    }
    return yaml;
  }

  private static BridgeYaml corrected(BridgeYaml yaml) {
    return yaml.with("\"{{ data }}\"", "\"{{ data ? data : info }}\"");
  }

  @Test
  void listShowCorrectReplay() throws Exception {
    String topic = topicWith(created(0), old(1), created(2), old(3));
    BridgeYaml yaml = runWithDeadLetters(topic);
    assertArrived(topic, 0, 2);

    Cli list = deadLetters(yaml, "list");
    assertThat(list.exitCode()).isZero();
    assertThat(list.out()).contains("events " + topic + "/0@1", "events " + topic + "/0@3", "open");
    JsonNode letters = deadLetters(yaml, "list", "--json").json().path("deadLetters");
    assertThat(letters.size()).isEqualTo(2);
    assertThat(letters.path(0).path("reason").asString()).contains("routes[0].payload");
    String id = letters.path(0).path("id").asString();

    Cli show = deadLetters(yaml, "show", id);
    assertThat(show.exitCode()).isZero();
    assertThat(show.json().path("message").path("body").asString())
        .isEqualTo("{\"type\":\"created\",\"info\":{\"seq\":1}}");
    assertThat(show.json().path("message").path("key").asString()).isEqualTo("key");
    assertThat(show.json().path("state").asString()).isEqualTo("OPEN");

    Cli tooEarly = deadLetters(yaml, "replay");
    assertThat(tooEarly.exitCode()).isEqualTo(1);
    assertThat(tooEarly.out()).contains(id + "  STILL_FAILING", "routes[0].payload");
    assertThat(tooEarly.out()).contains("0 accepted, 0 filtered, 2 still failing, 0 not sent");

    Cli replay = deadLetters(corrected(yaml), "replay");
    assertThat(replay.exitCode()).as(replay.err()).isZero();
    assertThat(replay.out()).contains("2 accepted, 0 filtered, 0 still failing, 0 not sent");
    assertArrived(topic, 0, 2, 1, 3);

    Cli again = deadLetters(corrected(yaml), "replay");
    assertThat(again.exitCode()).isZero();
    assertThat(again.out()).contains("0 accepted");
    assertArrived(topic, 0, 2, 1, 3);
    assertThat(deadLetters(yaml, "list").out()).contains("no dead letters");
    JsonNode all = deadLetters(yaml, "list", "--all", "--json").json().path("deadLetters");
    assertThat(all.size()).isEqualTo(2);
    assertThat(all.path(0).path("state").asString()).isEqualTo("REPLAYED");
  }

  @Test
  void oneByItsIdWhileTheBridgeRuns() throws Exception {
    String topic = topicWith(created(0), old(1), created(2), old(3));
    BridgeYaml yaml = runWithDeadLetters(topic);
    String second =
        deadLetters(yaml, "list", "--json")
            .json()
            .path("deadLetters")
            .path(1)
            .path("id")
            .asString();
    try (TestBridge bridge = TestBridge.start(corrected(yaml).writeTo(dir))) {
      Cli replay = deadLetters(corrected(yaml), "replay", second, "--json");
      assertThat(replay.exitCode()).as(replay.err()).isZero();
      assertThat(replay.json().path("ACCEPTED").asInt()).isEqualTo(1);
      produce(topic, old(4));
      bridge.awaitDone(1).assertAccounted();
    }
    assertArrived(topic, 0, 2, 3, 4);
    assertThat(deadLetters(yaml, "list", "--json").json().path("deadLetters").size()).isEqualTo(1);
    Cli twice = deadLetters(corrected(yaml), "replay", second);
    assertThat(twice.exitCode()).isZero();
    assertThat(twice.err()).contains(second + " is REPLAYED already");
    assertArrived(topic, 0, 2, 3, 4);
  }

  /** Replayed under the ids they had: what had been stored after all is recognised. */
  @Test
  void theIdsAreThoseOfTheMessages() throws Exception {
    String topic = topicWith(created(0), old(1), created(2), old(3));
    BridgeYaml yaml = runWithDeadLetters(topic);
    assertThat(deadLetters(corrected(yaml), "replay").exitCode()).isZero();
    BridgeYaml fromTheBeginning = corrected(yaml).with(yaml.group(), yaml.group() + "-again");
    try (TestBridge bridge = TestBridge.start(fromTheBeginning.writeTo(dir))) {
      bridge.awaitDone(4).assertAccounted();
      assertThat(bridge.count("duplicates")).isEqualTo(4);
    }
    assertArrived(topic, 0, 2, 1, 3);
  }

  @Test
  void replayWhileAmeboIsAwayLosesNothing() throws Exception {
    String topic = topicWith(created(0), old(1), created(2), old(3));
    BridgeYaml yaml = runWithDeadLetters(topic);
    amebo.stop();
    Cli away = deadLetters(corrected(yaml), "replay");
    amebo.startAgain();
    assertThat(away.exitCode()).isEqualTo(1);
    assertThat(away.err()).contains(amebo.uri().getAuthority()).doesNotContain("Exception");
    assertThat(deadLetters(yaml, "list", "--json").json().path("deadLetters").size()).isEqualTo(2);
    assertThat(deadLetters(corrected(yaml), "replay").exitCode()).isZero();
    assertArrived(topic, 0, 2, 1, 3);
  }
}
