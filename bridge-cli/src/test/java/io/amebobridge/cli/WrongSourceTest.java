package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.testkit.TestKafka;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source that somebody must mend: {@code amebo run} ends with 1 and says what to do. */
class WrongSourceTest extends EndToEnd {
  private static final String WRONG = "wrong-pass-word-that-nobody-may-see";

  @TempDir Path dir;

  private BridgeYaml withLogin(String topic, String password) {
    return BridgeYaml.of(amebo, kafka.broker().saslBootstrap(), topic)
        .with(
            "      group.id:",
            """
                  security.protocol: SASL_PLAINTEXT
                  sasl.mechanism: PLAIN
                  sasl.jaas.config: 'org.apache.kafka.common.security.plain.PlainLoginModule required username="%s" password="%s";'
                  group.id:"""
                .formatted(TestKafka.USER, password)
                .indent(6)
                .stripTrailing());
  }

  private Cli run(BridgeYaml yaml) throws Exception {
    Cli cli = CliProcess.run(dir, "run", "-c", yaml.writeTo(dir));
    assertThat(cli.exitCode()).as(cli.err()).isEqualTo(1);
    assertThat(cli.out()).isEmpty();
    return cli;
  }

  @Test
  void aWrongPasswordForKafka() throws Exception {
    String topic = topicWith(created(0));
    Cli cli = run(withLogin(topic, WRONG));
    assertThat(cli.err())
        .contains("source events: STOPPED", kafka.broker().saslBootstrap())
        .contains("refused the login", "correct sasl.mechanism and sasl.jaas.config")
        .contains("sources.events.kafka")
        .doesNotContain(WRONG);
    assertThat(amebo.events(topic)).isEmpty();
    try (TestBridge bridge = TestBridge.start(withLogin(topic, TestKafka.PASSWORD).writeTo(dir))) {
      bridge.awaitDone(1).assertAccounted();
      assertArrived(topic, 0);
    }
  }

  @Test
  void aTopicThatDoesNotExist() throws Exception {
    String topic = TestKafka.unique("no-such-topic");
    Cli cli = run(yaml(topic));
    assertThat(cli.err())
        .contains("source events: STOPPED", "there is no topic " + topic, kafka.bootstrap())
        .contains("create it, or correct the route's from.topic");
    assertThat(kafka.admin().listTopics().names().get()).doesNotContain(topic);
  }

  @Test
  void oneSourceFailsAndTheOtherGoesOn() throws Exception {
    String topic = topicWith(created(0), created(1));
    String missing = TestKafka.unique("no-such-topic");
    BridgeYaml yaml =
        yaml(topic)
            .with(
                "routes:\n",
                """
                  others:
                    kafka: {bootstrap.servers: "%s", group.id: %s}
                    start: latest
                routes:
                  - from: {source: others, topic: %s}
                """
                    .formatted(kafka.bootstrap(), TestKafka.unique("group"), missing));
    try (TestBridge bridge = TestBridge.start(yaml.writeTo(dir))) {
      bridge.awaitDone(2).assertAccounted();
      assertArrived(topic, 0, 1);
      assertThat(bridge.awaitFailure()).contains("source others", missing);
      assertThat(bridge.status().path("state").asString()).isEqualTo("RUNNING");
      assertThat(bridge.readiness()).isEqualTo(503);
    }
  }
}
