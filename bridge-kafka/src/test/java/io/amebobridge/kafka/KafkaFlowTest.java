package io.amebobridge.kafka;

import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.lane;
import static io.amebobridge.testkit.Reads.pollUntil;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.LaneStatus;
import io.amebobridge.core.Message;
import io.amebobridge.testkit.Reads;
import io.amebobridge.testkit.SourceHarness.Outgoing;
import io.amebobridge.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes, how fairly, what is committed, and what is said about it. */
class KafkaFlowTest {
  private TestKafka kafka;
  private String topic;
  private String group;

  @BeforeEach
  void prepare() throws Exception {
    kafka = TestKafka.shared();
    topic = kafka.newTopic(2);
    group = TestKafka.unique("group");
  }

  private KafkaSources sources() {
    return new KafkaSources(kafka.bootstrap(), group).topic(topic);
  }

  private static String[] numbered(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toArray(String[]::new);
  }

  private Optional<OffsetAndMetadata> committed(int partition) throws Exception {
    return Optional.ofNullable(
        kafka
            .admin()
            .listConsumerGroupOffsets(group)
            .partitionsToOffsetAndMetadata()
            .get()
            .get(new TopicPartition(topic, partition)));
  }

  @Test
  void aMessageCarriesItsIdentityAndItsCoordinates() throws Exception {
    byte[] key = "k".getBytes(StandardCharsets.UTF_8);
    byte[] body = "b".getBytes(StandardCharsets.UTF_8);
    kafka.produce(topic, 1, "first");
    RecordMetadata stored =
        kafka.produce(topic, 1, List.of(new Outgoing(key, body, List.of()))).get(0);
    var described = kafka.admin().describeTopics(List.of(topic)).allTopicNames().get().get(topic);
    String cluster = kafka.admin().describeCluster().clusterId().get();
    try (KafkaSource source = sources().create()) {
      source.open();
      Message m = read(source, 2).get(1).message();
      assertThat(m.id()).isEqualTo("kafka:%s:%s:1:1".formatted(cluster, described.topicId()));
      assertThat(m.address()).isEqualTo(topic);
      assertThat(m.key()).isEqualTo(key);
      assertThat(m.origin().variables())
          .isEqualTo(Map.of("topic", topic, "partition", 1, "offset", 1L));
      assertThat(m.origin().timestamp()).isEqualTo(Instant.ofEpochMilli(stored.timestamp()));
      assertThat(m.origin().lane()).isEqualTo(topic + "-1");
      assertThat(m.origin().source()).isEqualTo("events");
      assertThat(m.origin().error()).isNull();
      var coordinates = Objects.requireNonNull(m.origin().coordinates());
      assertThat(coordinates.system()).isEqualTo("kafka:" + cluster);
      assertThat(coordinates.stream()).isEqualTo(topic);
      assertThat(coordinates.partition()).isEqualTo(1);
      assertThat(coordinates.offset()).isEqualTo(1L);
    }
  }

  @Test
  void aBlockedLaneDoesNotStarveTheOther() throws Exception {
    kafka.produce(topic, 0, numbered("blocked", 200));
    kafka.produce(topic, 1, numbered("free", 200));
    try (KafkaSource source = sources().with("maxUnsettled", "20").create()) {
      source.open();
      List<Delivery> got = new ArrayList<>();
      pollUntil(
          source,
          got,
          () -> {
            source.settle(got.stream().filter(d -> lane(1).equals(d.lane())).toList());
            return got.stream().filter(d -> lane(1).equals(d.lane())).count() == 200;
          });
      source.poll(100, Duration.ofMillis(100));
      List<Delivery> blocked = got.stream().filter(d -> lane(0).equals(d.lane())).toList();
      assertThat(blocked).hasSize(20);
      source.settle(blocked);
      assertThat(bodies(read(source, 20))).startsWith("blocked20");
    }
  }

  private String lane(int partition) {
    return topic + "-" + partition;
  }

  @Test
  void deliveriesAreSharedOutFairly() throws Exception {
    kafka.produce(topic, 0, numbered("a", 300));
    kafka.produce(topic, 1, numbered("b", 300));
    try (KafkaSource source = sources().create()) {
      source.open();
      List<Delivery> got = new ArrayList<>();
      pollUntil(source, got, () -> source.lanes().stream().allMatch(l -> l.position() > 0));
      while (got.size() < 100) got.addAll(source.poll(20, Duration.ofMillis(50)));
      List<Delivery> twenty = source.poll(20, Duration.ofMillis(500));
      assertThat(twenty).filteredOn(d -> lane(0).equals(d.lane())).hasSizeBetween(5, 15);
    }
  }

  @Test
  void onlyWhatIsSettledWithoutAGapIsCommittedAndWithEpochAndTopicId() throws Exception {
    kafka.produce(topic, 0, numbered("m", 10));
    var described = kafka.admin().describeTopics(List.of(topic)).allTopicNames().get().get(topic);
    try (KafkaSource source = sources().create()) {
      source.open();
      List<Delivery> got = read(source, 10);
      source.settle(got.subList(0, 4));
      source.settle(got.subList(6, 10));
      pollUntil(source, () -> committed(0).orElseThrow().offset() >= 4);
      source.poll(0, Duration.ofMillis(300));
      OffsetAndMetadata committed = committed(0).orElseThrow();
      assertThat(committed.offset()).isEqualTo(4);
      assertThat(committed.leaderEpoch()).isPresent();
      assertThat(committed.metadata()).contains("topicId=" + described.topicId());
      source.settle(List.of(got.get(5)));
      source.settle(List.of(got.get(4)));
      pollUntil(source, () -> committed(0).orElseThrow().offset() == 10);
    }
  }

  @Test
  void lanesTellPositionSettledEndLagAndRetention() throws Exception {
    String kept = TestKafka.unique("kept");
    kafka.newTopic(kept, 1, Map.of("retention.ms", "3600000"));
    kafka.produce(kept, 0, numbered("m", 10));
    try (KafkaSource source =
        new KafkaSources(kafka.bootstrap(), group).topic(kept).with("maxUnsettled", "4").create()) {
      source.open();
      List<Delivery> got = read(source, 4);
      source.settle(got.subList(0, 1));
      String name = kept + "-0";
      pollUntil(source, () -> Reads.lane(source, name).retentionHeadroomSeconds() != null);
      LaneStatus status = Reads.lane(source, name);
      assertThat(status.settled()).isEqualTo(1);
      assertThat(status.position()).isBetween(4L, 5L);
      assertThat(status.end()).isEqualTo(10);
      assertThat(status.lag()).isEqualTo(9);
      assertThat(status.labels()).isEqualTo(Map.of("topic", kept, "partition", "0"));
      assertThat(status.retentionHeadroomSeconds()).isBetween(3_400L, 3_600L);

      // blocked, and not fetching: the end still moves
      kafka.produce(kept, 0, numbered("n", 5));
      pollUntil(source, () -> Reads.lane(source, name).end() == 15);
    }
  }

  @Test
  void aQuietSourceHasNoLag() throws Exception {
    kafka.produce(topic, 0, "m");
    try (KafkaSource source = sources().create()) {
      source.open();
      source.settle(read(source, 1));
      pollUntil(
          source,
          () ->
              source.lanes().size() == 2
                  && source.lanes().stream().allMatch(l -> l.lag() == 0 && l.end() >= 0));
      assertThat(source.lanes()).allMatch(l -> l.retentionHeadroomSeconds() == null);
    }
  }
}
