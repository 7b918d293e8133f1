package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.core.deadletter.DeadLetter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One bad message among good ones: a dead letter with place and remedy, and nothing else lost. */
class BadMessageTest extends EndToEnd {
  private static final String PAYLOAD = "    payload: \"{{ data }}\"\n";

  @TempDir Path dir;

  /** Sends it between good ones; gives what became of it. */
  private DeadLetter onlyDeadLetterOf(byte @Nullable [] bad) throws Exception {
    String topic = topicWith(created(0), created(1), bad, created(2), created(3));
    BridgeYaml yaml = yaml(topic);
    try (TestBridge bridge = TestBridge.start(yaml.writeTo(dir))) {
      bridge.awaitDone(5).assertAccounted();
      assertArrived(topic, 0, 1, 2, 3);
      assertThat(bridge.count("deadLettered")).isEqualTo(1);
      assertThat(bridge.deadLetters()).hasSize(1);
      DeadLetter letter = bridge.deadLetters().get(0);
      assertThat(letter.message().body()).isEqualTo(bad);
      assertThat(letter.message().key()).isEqualTo(bytes("key"));
      assertThat(letter.message().origin().where()).isEqualTo("events " + topic + "/0@2");
      await().untilAsserted(() -> assertThat(committed(yaml.group(), topic)).isEqualTo(5));
      return letter;
    }
  }

  private static void assertSays(DeadLetter letter, DeadLetter.Stage stage, String... says) {
    assertThat(letter.reason()).contains(says);
    assertThat(letter.stage()).isEqualTo(stage);
    assertThat(letter.route()).isEqualTo("users");
    assertThat(letter.rendered()).hasSize(stage == DeadLetter.Stage.SENDING ? 1 : 0);
  }

  @Test
  void refusedByTheSchema() throws Exception {
    DeadLetter letter =
        onlyDeadLetterOf(bytes("{\"type\":\"created\",\"data\":{\"seq\":\"not-a-number-7\"}}"));
    assertSays(letter, DeadLetter.Stage.SENDING, "payload/seq", "integer");
    assertThat(letter.reason()).doesNotContain("not-a-number-7");
  }

  @Test
  void notJson() throws Exception {
    DeadLetter letter = onlyDeadLetterOf(bytes("{\"type\": \"created\", oops"));
    assertSays(
        letter, DeadLetter.Stage.MAPPING, "not JSON", "line 1, column", "correct the producer");
    assertThat(letter.reason()).doesNotContain("oops");
  }

  @Test
  void notUtf8() throws Exception {
    DeadLetter letter = onlyDeadLetterOf(new byte[] {'{', (byte) 0xC3, (byte) 0x28, '}'});
    assertSays(letter, DeadLetter.Stage.MAPPING, "not UTF-8 at byte 2", "correct the producer");
  }

  @Test
  void twoMegabytes() throws Exception {
    String filling = "x".repeat(2_000_000);
    String data = "{\"seq\":7,\"filling\":\"" + filling + "\"}";
    DeadLetter letter = onlyDeadLetterOf(bytes("{\"type\":\"created\",\"data\":" + data + "}"));
    assertSays(
        letter,
        DeadLetter.Stage.SENDING,
        data.length() + " bytes",
        "1048576",
        "raise the server's limit",
        "map a smaller payload");
    assertThat(letter.reason().length()).isLessThan(500);
  }

  @Test
  void aTombstone() throws Exception {
    DeadLetter letter = onlyDeadLetterOf(null);
    assertSays(
        letter, DeadLetter.Stage.MAPPING, "routes[0]", "tombstone", "onTombstone: drop", "map");
  }

  @Test
  void anActionThatIsNotRegistered() throws Exception {
    DeadLetter letter = onlyDeadLetterOf(event("unheard", 7));
    assertSays(letter, DeadLetter.Stage.SENDING, "user.unheard", "not registered", "register it");
  }

  @Test
  void aTombstoneThatIsToBeDropped() throws Exception {
    String topic = topicWith(created(0), null, created(1));
    BridgeYaml yaml = yaml(topic).with(PAYLOAD, PAYLOAD + "    onTombstone: drop\n");
    try (TestBridge bridge = TestBridge.start(yaml.writeTo(dir))) {
      bridge.awaitDone(3).assertAccounted();
      assertArrived(topic, 0, 1);
      assertThat(bridge.count("filtered")).isEqualTo(1);
      assertThat(bridge.deadLetters()).isEmpty();
    }
  }

  @Test
  void aTombstoneThatIsToBeAnEvent() throws Exception {
    String topic = topicWith(created(0), null, created(1));
    BridgeYaml yaml =
        yaml(topic)
            .with("    when: type in [\"created\", \"updated\", \"forbidden\", \"unheard\"]\n", "")
            .with("user.{{ type }}", "user.updated")
            .with(PAYLOAD, "    onTombstone: map\n    payload: {seq: \"{{ $offset }}\"}\n");
    try (TestBridge bridge = TestBridge.start(yaml.writeTo(dir))) {
      bridge.awaitDone(3).assertAccounted();
      assertArrived(topic, 0, 1, 2);
    }
  }

  @Test
  void aMessageThatNoRuleWants() throws Exception {
    String topic = topicWith(created(0), event("ignored", 1), created(2));
    try (TestBridge bridge = TestBridge.start(yaml(topic).writeTo(dir))) {
      bridge.awaitDone(3).assertAccounted();
      assertArrived(topic, 0, 2);
      assertThat(bridge.count("filtered")).isEqualTo(1);
      assertThat(bridge.get("/metrics").body())
          .containsPattern("bridge_filtered_total\\{rule=\"users\",source=\"events\"\\} 1\\.0");
    }
  }

  @Test
  void tooManyStopTheBridgeWhichLeavesTheRestToTheBroker() throws Exception {
    byte[][] bodies = new byte[30][];
    for (int i = 0; i < bodies.length; i++) bodies[i] = bytes("no JSON at all");
    String topic = topicWith(bodies);
    BridgeYaml yaml =
        yaml(topic).with("{file: dead-letters}", "{file: dead-letters, maxShare: 0.5, window: 10}");
    try (TestBridge bridge = TestBridge.start(yaml.writeTo(dir))) {
      assertThat(bridge.awaitFailure())
          .contains("route users", "deadLetters.maxShare", topic + "/0@", "not JSON", "replay");
      bridge.assertAccounted();
      long stored = bridge.deadLetters().size();
      assertThat(stored).isBetween(1L, 10L).isEqualTo(bridge.count("deadLettered"));
      assertThat(committed(yaml.group(), topic)).isLessThanOrEqualTo(stored);
    }
  }
}
