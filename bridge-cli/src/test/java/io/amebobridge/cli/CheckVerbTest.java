package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.brokers.FreePorts;
import io.amebobridge.testkit.FakeAmebo;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code amebo check}, with both ends real. */
class CheckVerbTest extends EndToEnd {
  @TempDir Path dir;

  private Cli check(BridgeYaml yaml, Object... more) throws Exception {
    Object[] all = new Object[3 + more.length];
    all[0] = "check";
    all[1] = "-c";
    all[2] = yaml.writeTo(dir);
    System.arraycopy(more, 0, all, 3, more.length);
    return Cli.run(all);
  }

  @Test
  void bothEndsAndWhatMessagesWouldBecome() throws Exception {
    String topic = topicWith(created(0), event("ignored", 1), bytes("no JSON"), created(3));
    BridgeYaml yaml = yaml(topic);
    Cli cli = check(yaml, "--sample", "5");
    assertThat(cli.exitCode()).as("a sample would be a dead letter").isEqualTo(1);
    assertThat(cli.out())
        .contains("1 route(s)", amebo.uri().toString(), "credentials accepted")
        .contains("topic " + topic + ": 1 partitions, 4 messages ahead", "first start, at earliest")
        .contains("sample   events " + topic + "/0@0")
        .contains("-> user.created  {\"seq\":0}", "-> user.created  {\"seq\":3}")
        .contains("-> filtered by users")
        .contains("-> DEAD LETTER: the body is not JSON")
        .endsWith("1 failed\n");
    assertThat(committed(yaml.group(), topic)).as("it commits nothing").isNull();
    assertThat(amebo.events(topic)).as("it publishes nothing").isEmpty();
    assertThat(dir.resolve("dead-letters")).as("it stores nothing").doesNotExist();
  }

  @Test
  void asJson() throws Exception {
    String topic = topicWith(created(0), event("ignored", 1));
    Cli cli = check(yaml(topic), "--sample", "1", "--json");
    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out().lines()).hasSize(1);
    JsonNode json = cli.json();
    assertThat(json.path("failures").isEmpty()).isTrue();
    assertThat(json.path("amebo").path("kind").asString()).isEqualTo("AMEBO_BRIDGE");
    JsonNode samples = json.path("sources").path("events").path("samples");
    assertThat(samples.size()).isEqualTo(1);
    JsonNode event = samples.path(0).path("events").path(0);
    assertThat(event.path("action").asString()).isEqualTo("user.created");
    assertThat(event.path("payload").asString()).isEqualTo("{\"seq\":0}");
    assertThat(event.path("deduper").asString()).startsWith("kafka:").endsWith(":0:0");
  }

  @Test
  void aBrokerThatIsAway() throws Exception {
    String nowhere = "127.0.0.1:" + FreePorts.next();
    long start = System.nanoTime();
    Cli cli = check(BridgeYaml.of(amebo, nowhere, "any"));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.out())
        .contains("FAILED   source events", nowhere, "does not answer")
        .contains("correct sources.events.kafka.bootstrap.servers")
        .contains("credentials accepted")
        .endsWith("1 failed\n");
  }

  @Test
  void anAmeboThatIsAwayAndATopicThatIsMissing() throws Exception {
    String nowhere = "http://127.0.0.1:" + FreePorts.next();
    BridgeYaml yaml = yaml("no-such-topic").with(amebo.uri().toString(), nowhere);
    Cli cli = check(yaml);
    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.out())
        .contains("FAILED   amebo: " + nowhere, "start it, or correct amebo.url")
        .contains("FAILED   source events", "no topic no-such-topic")
        .endsWith("2 failed\n");
    Cli json = check(yaml, "--json");
    assertThat(json.exitCode()).isEqualTo(1);
    assertThat(json.json().path("failures").size()).isEqualTo(2);
  }

  @Test
  void aWrongApplicationSecret() throws Exception {
    BridgeYaml yaml = yaml(topicWith()).with(TestAmebo.SECRET.reveal(), "not-the-secret-at-all");
    Cli cli = check(yaml);
    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.out())
        .contains("FAILED   amebo: " + amebo.uri(), "401", "check the name and the secret")
        .doesNotContain("not-the-secret-at-all");
  }

  /** Else the first message would be the first to hear of it. */
  @Test
  void aUserWhereAnUpstreamServerWantsAnApplication() throws Exception {
    try (FakeAmebo upstream = FakeAmebo.upstream()) {
      BridgeYaml yaml = yaml(topicWith()).with(amebo.uri().toString(), upstream.url());
      Cli asApplication = check(yaml);
      assertThat(asApplication.out()).contains("an upstream Amebo server").endsWith("all good\n");
      String application = "application: " + TestAmebo.APPLICATION;
      Cli asUser =
          check(
              yaml.with(application, "username: root")
                  .with("secret: " + TestAmebo.SECRET.reveal(), "password: pw"));
      assertThat(asUser.exitCode()).isEqualTo(1);
      assertThat(asUser.out())
          .contains("FAILED   amebo: " + upstream.url(), "configure the application and its secret")
          .endsWith("1 failed\n");
    }
  }

  @Test
  void somethingElseThanAmebo() throws Exception {
    String topic = topicWith();
    try (TestBridge other = TestBridge.start(yaml(topic).writeTo(dir))) {
      Cli cli = check(yaml(topic).with(amebo.uri().toString(), other.uri().toString()));
      assertThat(cli.exitCode()).isEqualTo(1);
      assertThat(cli.out()).contains("FAILED   amebo", "No Amebo server at", "check the URL");
    }
  }
}
