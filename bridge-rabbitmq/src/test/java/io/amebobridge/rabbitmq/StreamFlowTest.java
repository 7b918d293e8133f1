package io.amebobridge.rabbitmq;

import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.pollUntil;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.amebobridge.brokers.RabbitVirtualHost;
import io.amebobridge.core.Connector.Inspection;
import io.amebobridge.core.Delivery;
import io.amebobridge.core.Message;
import io.amebobridge.testkit.Reads;
import io.amebobridge.testkit.TestRabbit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes of a stream, who it says it is, and what is said about it. */
class StreamFlowTest {
  @TempDir Path directory;
  private RabbitVirtualHost host;
  private Producer producer;

  @BeforeEach
  void prepare() throws Exception {
    host = TestRabbit.shared().newVirtualHost();
    producer = new Producer(host.uri()).declare("log", "stream").declare("orders", "classic");
  }

  @AfterEach
  void end() throws Exception {
    if (producer != null) producer.close();
    if (host != null) host.delete();
  }

  private RabbitSources sources() {
    return new RabbitSources(host.uri(), "log").streams("first", directory.resolve("p.json"));
  }

  private void publish(String body, Map<String, Object> headers, String messageId)
      throws Exception {
    BasicProperties properties =
        new BasicProperties.Builder().headers(headers).messageId(messageId).build();
    producer.publish("", "log", properties, body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void anOffsetIsSeenByTheMappingAndNobodyCanForgeIt() throws Exception {
    publish("a", Map.of("x-stream-offset", "7", "kind", 3), null);
    try (RabbitSource source = sources().create()) {
      source.open();
      Message m = read(source, 1).get(0).message();
      assertThat(m.origin().variables())
          .containsEntry("offset", 0L)
          .containsEntry("queue", "log")
          .containsEntry("exchange", "")
          .containsEntry("routingKey", "log");
      assertThat(m.origin().where()).isEqualTo("shop log@0");
      assertThat(Objects.requireNonNull(m.origin().coordinates()).offset()).isZero();
    }
  }

  @Test
  void theIdIsTheOffsetWithAMarkOfTheMessageUnlessTheConfigSaysOtherwise() throws Exception {
    publish("same", Map.of(), null);
    publish("same", Map.of(), null);
    List<String> ids = new ArrayList<>();
    try (RabbitSource source = sources().create()) {
      source.open();
      for (Delivery d : read(source, 2)) ids.add(d.message().id());
    }
    assertThat(ids).doesNotHaveDuplicates();
    assertThat(ids.get(0)).matches("rabbitmq-stream:shop:" + host.name() + ":log:0:[0-9a-f]{16}");
    publish("named", Map.of(), "m-1");
    try (RabbitSource source = sources().with("identity", "messageId").create()) {
      source.open();
      List<Delivery> got = read(source, 3);
      assertThat(got.get(0).message().id()).as("has none").isEqualTo(ids.get(0));
      assertThat(got.get(2).message().id()).isEqualTo("rabbitmq:shop:" + host.name() + ":log:m-1");
    }
  }

  @Test
  void aStreamAndAQueueAreReadByOneSource() throws Exception {
    producer.publish("log", "s0", "s1").publish("orders", "q0", "q1");
    RabbitSources both =
        new RabbitSources(host.uri(), "orders", "log")
            .streams("first", directory.resolve("p.json"));
    try (RabbitSource source = both.create()) {
      source.open();
      source.settle(read(source, 4));
      assertThat(Reads.lane(source, "orders").settled()).isEqualTo(-1);
      assertThat(Reads.lane(source, "log").settled()).isEqualTo(2);
    }
    producer.publish("log", "s2");
    assertThat(Reads.readAllAndClose(both.create(), 1)).containsExactly("s2");
    assertThat(producer.channel().messageCount("orders")).isZero();
  }

  @Test
  void aChunkThatIsLargerThanThePrefetchDoesNotCrowdOutAQueue() throws Exception {
    producer.publishAtOnce("log", 800).publish("orders", "q0", "q1");
    RabbitSources both =
        new RabbitSources(host.uri(), "log", "orders")
            .streams("first", directory.resolve("p.json"))
            .with("prefetch", "2");
    try (RabbitSource source = both.create()) {
      source.open();
      List<Delivery> got = new ArrayList<>();
      pollUntil(source, got, () -> bodies(got).containsAll(List.of("m1", "q0", "q1")));
      assertThat(got).allMatch(source::owns);
      assertThat(got)
          .filteredOn(d -> "orders".equals(d.lane()))
          .hasSize(2)
          .allSatisfy(
              d ->
                  assertThat(d.message().origin().variables()).containsEntry("redelivered", false));
    }
  }

  @Test
  void theBrokersOwnNotesBetweenSegmentsAreNoLoss() throws Exception {
    producer.declare("segments", "stream", Map.of("x-stream-max-segment-size-bytes", 100_000L));
    for (int i = 0; i < 60; i++) {
      producer.publish("", "segments", Producer.identified().build(), new byte[10_000]);
    }
    RabbitSources segments =
        new RabbitSources(host.uri(), "segments").streams("first", directory.resolve("p.json"));
    try (RabbitSource source = segments.with("prefetch", "7").create()) {
      source.open();
      Set<String> ids = new HashSet<>();
      List<Delivery> got = new ArrayList<>();
      pollUntil(
          source,
          got,
          () -> {
            got.forEach(d -> ids.add(d.message().id()));
            source.settle(got);
            got.clear();
            return ids.size() >= 60;
          });
      assertThat(ids).hasSize(60);
      long offsets = Reads.lane(source, "segments").settled();
      assertThat(offsets).as("some offsets are no messages").isGreaterThan(60);
      pollUntil(source, () -> Reads.lane(source, "segments").lag() == 0);
    }
  }

  @Test
  void aPrefetchBoundsWhatIsUnsettledToItsChunk() throws Exception {
    for (int i = 0; i < 20; i++) producer.publish("log", "m" + i);
    try (RabbitSource source = sources().with("prefetch", "4").with("lanes", "none").create()) {
      source.open();
      List<Delivery> got = new ArrayList<>(read(source, 4));
      assertThat(source.poll(100, java.time.Duration.ofMillis(300))).isEmpty();
      source.settle(got.subList(1, 4));
      assertThat(source.poll(100, java.time.Duration.ofMillis(300))).as("m0 is not").isEmpty();
      source.settle(got.subList(0, 1));
      assertThat(bodies(read(source, 4))).containsExactly("m4", "m5", "m6", "m7");
    }
  }

  @Test
  void checkSaysWhereItStandsAndShowsWhatComesWithoutTakingIt() throws Exception {
    producer.publish("log", "a", "b", "c");
    Inspection fresh = sources().factory().inspect(2);
    assertThat(fresh.facts())
        .contains(
            "stream log: offsets 0 to 2; first start (first) at offset 0, up to 3 messages ahead");
    assertThat(fresh.samples()).extracting(StreamFlowTest::text).containsExactly("a", "b");
    assertThat(directory.resolve("p.json")).doesNotExist();
    try (RabbitSource source = sources().create()) {
      source.open();
      source.settle(read(source, 3).subList(0, 2));
    }
    try (RabbitSource running = sources().create()) {
      running.open();
      Inspection later = sources().factory().inspect(5);
      assertThat(later.facts())
          .contains("stream log: offsets 0 to 2; goes on at offset 2, up to 1 messages ahead");
      assertThat(later.samples()).extracting(StreamFlowTest::text).containsExactly("c");
      assertThat(later.warnings()).isEmpty();
      assertThat(bodies(read(running, 1))).containsExactly("c");
    }
  }

  private static String text(Message m) {
    return new String(Objects.requireNonNull(m.body()), StandardCharsets.UTF_8);
  }

  @Test
  void aStartWithoutAStreamIsSaidToMeanNothing() throws Exception {
    RabbitSources queue =
        new RabbitSources(host.uri(), "orders").streams("first", directory.resolve("p.json"));
    assertThat(queue.factory().inspect(0).warnings())
        .singleElement()
        .asString()
        .contains("sources.shop.start", "no queue is a stream");
    try (RabbitSource source = queue.create()) {
      source.open();
    }
    assertThat(directory.resolve("p.json")).doesNotExist();
  }
}
