package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import io.amebobridge.brokers.RabbitVirtualHost;
import io.amebobridge.brokers.Relay;
import io.amebobridge.testkit.TestRabbit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters that go to a queue of the user's too, from sources of either kind. */
class DeadLettersToRabbitTest extends EndToEnd {
  private static final String FILES = "{file: dead-letters}";
  private static final String LETTERS =
      "{file: dead-letters, rabbitmq: {uri: '%s', connection.heartbeat: 2}, queue: letters}";

  @TempDir private Path dir;
  private RabbitVirtualHost host;
  private Connection connection;
  private Channel channel;

  @BeforeEach
  void declareQueues() throws Exception {
    host = TestRabbit.shared().newVirtualHost();
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(host.uri());
    connection = factory.newConnection();
    channel = connection.createChannel();
    for (String queue : List.of("orders", "letters")) {
      channel.queueDeclare(queue, true, false, false, Map.of());
    }
  }

  @AfterEach
  void deleteThem() throws Exception {
    if (connection != null) connection.abort(1_000);
    if (host != null) host.delete();
  }

  private BridgeYaml copying(BridgeYaml yaml, String uri) {
    return yaml.with(FILES, LETTERS.formatted(uri));
  }

  /** From RabbitMQ instead of Kafka. */
  private BridgeYaml fromRabbit(String copiesTo) {
    String text = copying(yaml("none"), copiesTo).text();
    int from = text.indexOf("    kafka:\n");
    int to = text.indexOf("routes:");
    String source =
        "    rabbitmq: {uri: '%s'}\n    queue: orders\n    read: takeover\n".formatted(host.uri());
    String rabbit = text.substring(0, from) + source + text.substring(to);
    return new BridgeYaml("none", rabbit.replace("topic: none", "queue: orders"));
  }

  private void publish(String id, byte[] body) throws Exception {
    BasicProperties properties =
        new BasicProperties.Builder().messageId(id).headers(Map.of("tenant", 7)).build();
    channel.basicPublish("", "orders", properties, body);
  }

  private List<GetResponse> letters() throws Exception {
    List<GetResponse> all = new ArrayList<>();
    for (GetResponse got = channel.basicGet("letters", true);
        got != null;
        got = channel.basicGet("letters", true)) {
      all.add(got);
    }
    return all;
  }

  private static Map<String, Object> headers(GetResponse letter) {
    return Objects.requireNonNull(letter.getProps().getHeaders());
  }

  @Test
  void aBrokenMessageOfKafkaEndsInTheUsersQueueAndInTheFiles() throws Exception {
    String topic = topicWith(created(0), bytes("{oops"), created(1));
    try (TestBridge bridge = TestBridge.start(copying(yaml(topic), host.uri()).writeTo(dir))) {
      bridge.awaitDone(3).assertAccounted();
      assertArrived(topic, 0, 1);
      assertThat(bridge.count("deadLettered")).isEqualTo(1);
      assertThat(bridge.deadLetters()).hasSize(1);
      List<GetResponse> letters = letters();
      assertThat(letters).hasSize(1);
      assertThat(letters.get(0).getBody()).isEqualTo(bytes("{oops"));
      assertThat(letters.get(0).getProps().getMessageId())
          .isEqualTo(bridge.deadLetters().get(0).message().id());
      Map<String, Object> headers = headers(letters.get(0));
      assertThat(headers.get("x-amebo-reason")).hasToString("mapping");
      assertThat(headers.get("x-amebo-detail")).asString().contains("not JSON");
      assertThat(headers.get("x-amebo-topic")).hasToString(topic);
      assertThat(headers.get("x-amebo-offset")).isEqualTo(1L);
    }
  }

  @Test
  void withItsBrokerAwayTheLetterWaitsUnsettled() throws Exception {
    try (Relay relay = TestRabbit.shared().node().relay();
        TestBridge bridge =
            TestBridge.start(fromRabbit(host.uriAt(relay.endpoint())).writeTo(dir))) {
      await().untilAsserted(() -> assertThat(bridge.readiness()).isEqualTo(200));
      relay.refuse();
      publish("m1", bytes("{oops"));
      await()
          .untilAsserted(
              () ->
                  assertThat(bridge.status().path("lastError").asString(""))
                      .contains("dead letters can't be stored", "deadLetters: queue letters"));
      assertThat(bridge.count("deadLettered")).isZero();
      assertThat(bridge.count("inFlight")).isEqualTo(1);
      relay.accept();
      await().untilAsserted(() -> assertThat(bridge.count("deadLettered")).isEqualTo(1));
      bridge.assertAccounted();
      assertThat(bridge.deadLetters()).as("in the files once").hasSize(1);
    }
    assertThat(letters()).hasSize(1);
    assertThat(channel.messageCount("orders")).as("settled").isZero();
  }

  @Test
  void killedBetweenTheCopyAndTheSettlementItComesAgainUnderTheSameId() throws Exception {
    try (Relay relay = TestRabbit.shared().node().relay()) {
      Path yaml = fromRabbit(host.uriAt(relay.endpoint())).writeTo(dir);
      try (CliProcess.Running bridge = CliProcess.start(dir, Map.of(), "run", "-c", yaml)) {
        await().until(() -> bridge.saidSoFar().contains("status at"));
        await().until(() -> channel.consumerCount("orders") == 1);
        relay.loseAnswers(true); // the copy arrives, its confirm does not
        publish("m1", bytes("{oops"));
        await().until(() -> channel.messageCount("letters") == 1);
        bridge.process().destroyForcibly().waitFor();
      }
      await().until(() -> channel.messageCount("orders") == 1);
      relay.loseAnswers(false);
      try (CliProcess.Running bridge = CliProcess.start(dir, Map.of(), "run", "-c", yaml)) {
        await().until(() -> channel.messageCount("letters") == 2);
        Cli ended = bridge.terminate();
        assertThat(ended.exitCode()).as(ended.err()).isZero();
      }
    }
    assertThat(channel.messageCount("orders")).as("settled").isZero();
    List<GetResponse> letters = letters();
    assertThat(letters).hasSize(2);
    for (GetResponse letter : letters) {
      assertThat(new String(letter.getBody(), StandardCharsets.UTF_8)).isEqualTo("{oops");
      assertThat(letter.getProps().getMessageId()).isEqualTo("m1");
      assertThat(headers(letter).get("tenant")).isEqualTo(7);
      assertThat(headers(letter).get("x-amebo-id")).asString().endsWith(":orders:m1");
    }
    assertThat(headers(letters.get(0)).get("x-amebo-id"))
        .hasToString(headers(letters.get(1)).get("x-amebo-id").toString());
  }

  @Test
  void checkSaysWhetherTheQueueIsThereAndRunDoesNotStartWithoutIt() throws Exception {
    BridgeYaml good = fromRabbit(host.uri());
    Cli found = Cli.run("check", "-c", good.writeTo(dir));
    assertThat(found.exitCode()).as(found.out()).isZero();
    assertThat(found.out()).contains("letters  copies go to queue letters at localhost:");
    assertThat(channel.messageCount("letters")).as("it publishes nothing").isZero();
    Path bad = good.with("queue: letters", "queue: lettres").writeTo(dir);
    Cli missing = Cli.run("check", "-c", bad);
    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.out())
        .contains("FAILED   dead letters: deadLetters: queue lettres", "is not there; create it");
    Cli json = Cli.run("check", "-c", bad, "--json");
    assertThat(json.json().path("failures").size()).isEqualTo(1);
    Cli run = Cli.run("run", "-c", bad);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("queue lettres", "is not there; create it");
  }
}
