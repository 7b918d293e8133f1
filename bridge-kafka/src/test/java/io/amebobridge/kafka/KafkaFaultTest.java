package io.amebobridge.kafka;

import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.pollUntil;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.amebobridge.brokers.Relay;
import io.amebobridge.core.Delivery;
import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.SourceHarness;
import io.amebobridge.testkit.TestKafka;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KafkaFaultTest {
  private TestKafka kafka;
  private String topic;
  private String group;

  @BeforeEach
  void prepare() throws Exception {
    kafka = TestKafka.shared();
    topic = kafka.newTopic(1);
    group = TestKafka.unique("group");
  }

  private static void assertOpenFails(KafkaSource source, boolean temporary, String... says) {
    assertThatThrownBy(source::open)
        .asInstanceOf(type(SourceException.class))
        .satisfies(e -> assertThat(e.temporary()).isEqualTo(temporary))
        .satisfies(e -> assertThat(e.getMessage()).contains(says))
        .satisfies(e -> assertThat(e.toString()).doesNotContain("wrong-secret"));
  }

  @Test
  void aBrokerThatIsDownAtStartIsSaidQuicklyAndTheSameSourceOpensLater() throws Exception {
    kafka.produce(topic, 0, "m");
    try (Relay relay = kafka.broker().relay()) {
      relay.refuse();
      KafkaSource source =
          new KafkaSources(relay.endpoint(), group)
              .topic(topic)
              .with("connectTimeout", "1s")
              .create();
      long began = System.nanoTime();
      assertOpenFails(source, true, "sources.events", relay.endpoint(), "start it, or correct");
      assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began)).isLessThan(5);
      relay.accept();
      source.open();
      assertThat(bodies(read(source, 1))).containsExactly("m");
      source.close();
    }
  }

  @Test
  void anAddressThatDoesNotResolveMayResolveLater() throws Exception {
    KafkaSource source = new KafkaSources("no-such-host.invalid:9092", group).topic(topic).create();
    assertOpenFails(source, true, "sources.events", "no-such-host.invalid:9092");
  }

  @Test
  void somethingElseThatListensThereIsTemporaryWithAHint() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      KafkaSource source =
          new KafkaSources("127.0.0.1:" + mute.getLocalPort(), group)
              .topic(topic)
              .with("connectTimeout", "1s")
              .create();
      assertOpenFails(source, true, "security.protocol");
    }
  }

  @Test
  void aWrongPasswordIsForSomebodyToCorrect() throws Exception {
    KafkaSource source =
        new KafkaSources(kafka.broker().saslBootstrap(), group)
            .topic(topic)
            .client("security.protocol", "SASL_PLAINTEXT")
            .client("sasl.mechanism", "PLAIN")
            .client(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required"
                    + " username=\"tester\" password=\"wrong-secret\";")
            .create();
    assertOpenFails(source, false, "refused the login", "sasl.jaas.config");
    assertThat(source.toString()).doesNotContain("wrong-secret");
  }

  @Test
  void aBadLoginModuleIsForSomebodyToCorrect() throws Exception {
    KafkaSource source =
        new KafkaSources(kafka.broker().saslBootstrap(), group)
            .topic(topic)
            .client("security.protocol", "SASL_PLAINTEXT")
            .client("sasl.mechanism", "PLAIN")
            .client("sasl.jaas.config", "NoSuchModule required password=\"wrong-secret\";")
            .create();
    assertOpenFails(source, false, "sources.events.kafka");
  }

  @Test
  void anUnknownTopicIsForSomebodyToCorrectAndIsNotCreated() throws Exception {
    String missing = TestKafka.unique("missing");
    KafkaSource source = new KafkaSources(kafka.bootstrap(), group).topic(missing).create();
    assertOpenFails(source, false, "no topic " + missing, "create it");
    assertThat(kafka.admin().listTopics().names().get()).doesNotContain(missing);
  }

  @Test
  void aMessageOfTwoMegabytesComesWhole() throws Exception {
    byte[] body = new byte[2 << 20];
    for (int i = 0; i < body.length; i++) body[i] = (byte) (i * 31);
    kafka.produce(topic, 0, List.of(new SourceHarness.Outgoing(null, body, List.of())));
    try (KafkaSource source = new KafkaSources(kafka.bootstrap(), group).topic(topic).create()) {
      source.open();
      assertThat(read(source, 1).get(0).message().body()).isEqualTo(body);
    }
  }

  @Test
  void connectionsCutInTheMiddleOfAFrameAndStallsLoseNothing() throws Exception {
    String[] bodies =
        IntStream.range(0, 3_000).mapToObj(i -> "m" + i + "x".repeat(200)).toArray(String[]::new);
    kafka.produce(topic, 0, bodies);
    try (Relay relay = kafka.broker().relay();
        KafkaSource source =
            new KafkaSources(relay.endpoint(), group)
                .topic(topic)
                .client("max.partition.fetch.bytes", "20000")
                .client("request.timeout.ms", "1200")
                .client("session.timeout.ms", "6000")
                .client("max.poll.interval.ms", "6000")
                .create()) {
      source.open();
      List<Delivery> got = new ArrayList<>();
      for (int enough = 500; enough <= 2_500; enough += 500) {
        int many = enough;
        pollUntil(source, got, () -> settle(source, got) >= many);
        if (enough == 1_500) {
          relay.stall(true);
          got.addAll(source.poll(100, Duration.ofMillis(1_500)));
          relay.stall(false);
        } else if (enough % 1_000 == 0) {
          relay.cut();
        } else {
          relay.cutAfter(7_000);
        }
      }
      pollUntil(source, got, () -> settle(source, got) == 3_000);
      assertThat(bodies(got)).containsExactly(bodies);
    }
  }

  private static int settle(KafkaSource source, List<Delivery> got) {
    source.settle(got);
    return got.size();
  }

  @Test
  void aFrozenBrokerIsWaitedFor() throws Exception {
    try (KafkaSource source =
        new KafkaSources(kafka.bootstrap(), group)
            .topic(topic)
            .with("connectTimeout", "1s")
            .client("request.timeout.ms", "1500")
            .create()) {
      source.open();
      pollUntil(source, () -> source.lanes().size() == 1);
      kafka.broker().pause();
      try {
        for (int i = 0; i < 30; i++) {
          assertThat(source.poll(10, Duration.ofMillis(100))).isEmpty();
        }
      } finally {
        kafka.broker().resume();
      }
      kafka.produce(topic, 0, "thawed");
      List<Delivery> got = new ArrayList<>();
      pollUntil(source, got, () -> !got.isEmpty());
      assertThat(bodies(got)).containsExactly("thawed");
    }
  }

  @Test
  void closeDoesNotHangWhereTheBrokerIsAway() throws Exception {
    try (Relay relay = kafka.broker().relay()) {
      kafka.produce(topic, 0, "m");
      KafkaSource source = new KafkaSources(relay.endpoint(), group).topic(topic).create();
      source.open();
      List<Delivery> got = read(source, 1);
      relay.refuse();
      source.settle(got);
      long began = System.nanoTime();
      source.close();
      assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began)).isLessThan(12);
      assertThat(got).noneMatch(source::owns);
    }
  }
}
