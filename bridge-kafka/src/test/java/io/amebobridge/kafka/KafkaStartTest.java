package io.amebobridge.kafka;

import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.read;
import static io.amebobridge.testkit.Reads.readAllAndClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.Reads;
import io.amebobridge.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KafkaStartTest {
  private TestKafka kafka;
  private String topic;
  private String group;

  @BeforeEach
  void prepare() throws Exception {
    kafka = TestKafka.shared();
    topic = kafka.newTopic(2);
    group = TestKafka.unique("group");
  }

  private KafkaSources sources(String start) {
    return new KafkaSources(kafka.bootstrap(), group).topic(topic).with("start", start);
  }

  private Map<TopicPartition, OffsetAndMetadata> committed() throws Exception {
    return kafka.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
  }

  private void commit(String otherGroup, int partition, long offset) throws Exception {
    kafka
        .admin()
        .alterConsumerGroupOffsets(
            otherGroup, Map.of(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)))
        .all()
        .get();
  }

  @Test
  void earliestReadsWhatIsThere() throws Exception {
    kafka.produce(topic, 0, "a", "b");
    kafka.produce(topic, 1, "c");
    assertThat(readAllAndClose(sources("earliest").create(), 3))
        .containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void latestIsPinnedOnOpenSoThatACrashBeforeTheFirstMessageSkipsNothing() throws Exception {
    kafka.produce(topic, 0, "old");
    KafkaSource source = sources("latest").create();
    source.open(); // and then it crashes: not even a poll
    kafka.produce(topic, 0, "between");
    source.close();
    assertThat(committed().get(new TopicPartition(topic, 0)).offset()).isEqualTo(1);
    assertThat(committed().get(new TopicPartition(topic, 1)).offset()).isEqualTo(0);
    kafka.produce(topic, 1, "other");
    assertThat(readAllAndClose(sources("latest").create(), 2))
        .containsExactlyInAnyOrder("between", "other");
  }

  @Test
  void timeStartsAtTheFirstMessageNotOlderAndIsPinned() throws Exception {
    Instant base = Instant.parse("2026-03-01T00:00:00Z");
    produceAt(0, base.minusSeconds(5), "before");
    produceAt(0, base, "at");
    produceAt(0, base.plusSeconds(5), "after");
    produceAt(1, base.minusSeconds(9), "all-older");
    KafkaSource source = sources("time:" + base).create();
    source.open();
    source.close();
    kafka.produce(topic, 1, "new");
    assertThat(readAllAndClose(sources("time:" + base).create(), 3))
        .containsExactlyInAnyOrder("at", "after", "new");
  }

  private void produceAt(int partition, Instant at, String body) throws Exception {
    try (var producer = new KafkaProducer<byte[], byte[]>(kafka.producerOptions())) {
      producer
          .send(
              new ProducerRecord<>(
                  topic, partition, at.toEpochMilli(), null, body.getBytes(StandardCharsets.UTF_8)))
          .get();
    }
  }

  @Test
  void groupStartsExactlyAtTheOtherGroupsOffsetsAndDoesNotFollowItLater() throws Exception {
    String other = TestKafka.unique("legacy");
    kafka.produce(topic, 0, "0-0", "0-1", "0-2");
    kafka.produce(topic, 1, "1-0", "1-1", "1-2");
    commit(other, 0, 2);
    commit(other, 1, 1);
    KafkaSource source = sources("group:" + other).create();
    source.open();
    source.close();
    commit(other, 0, 3);
    assertThat(readAllAndClose(sources("group:" + other).create(), 3))
        .containsExactlyInAnyOrder("0-2", "1-1", "1-2");
  }

  @Test
  void aPartitionWithoutAnOffsetOfTheOtherGroupIsAnErrorUnlessSaidOtherwise() throws Exception {
    String other = TestKafka.unique("legacy");
    kafka.produce(topic, 0, "0-0", "0-1");
    kafka.produce(topic, 1, "1-0");
    commit(other, 0, 1);
    try (KafkaSource source = sources("group:" + other).create()) {
      assertThatThrownBy(source::open)
          .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.temporary()).isFalse())
          .hasMessageContaining("sources.events.start")
          .hasMessageContaining(topic + "-1")
          .hasMessageContaining("else earliest");
    }
    assertThat(committed()).isEmpty();
    assertThat(readAllAndClose(sources("group:" + other + " else earliest").create(), 2))
        .containsExactlyInAnyOrder("0-1", "1-0");
  }

  @Test
  void aPartitionThatNeverHadAMessageNeedsNoOffsetOfTheOtherGroup() throws Exception {
    String other = TestKafka.unique("legacy");
    kafka.produce(topic, 0, "0-0", "0-1");
    commit(other, 0, 1);
    assertThat(readAllAndClose(sources("group:" + other).create(), 1)).containsExactly("0-1");
  }

  @Test
  void theStartDoesNotApplyWhereTheGroupHasBeen() throws Exception {
    kafka.produce(topic, 0, "a", "b", "c");
    commit(group, 0, 1);
    kafka.produce(topic, 1, "d");
    assertThat(readAllAndClose(sources("latest").create(), 3))
        .containsExactlyInAnyOrder("b", "c", "d");
  }

  @Test
  void aPartitionAddedLaterIsReadFromItsBeginningEvenWithLatest() throws Exception {
    kafka.produce(topic, 0, "old");
    KafkaSource source = sources("latest").create();
    source.open();
    source.close();
    kafka.admin().createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all().get();
    kafka.produce(topic, 2, "in-new-while-down");
    try (KafkaSource again = sources("latest").create()) {
      again.open();
      assertThat(bodies(read(again, 1))).containsExactly("in-new-while-down");
      kafka.admin().createPartitions(Map.of(topic, NewPartitions.increaseTo(4))).all().get();
      kafka.produce(topic, 3, "in-new-while-up");
      assertThat(bodies(read(again, 1))).containsExactly("in-new-while-up");
    }
  }

  @Test
  void aTopicThatAppearsUnderAPatternIsReadFromItsBeginningEvenWithLatest() throws Exception {
    String prefix = TestKafka.unique("family");
    kafka.newTopic(prefix + ".one", 1, Map.of());
    kafka.produce(prefix + ".one", 0, "old");
    KafkaSources sources =
        new KafkaSources(kafka.bootstrap(), group)
            .topic("/" + prefix + "\\..+/")
            .with("start", "latest");
    try (KafkaSource source = sources.create()) {
      source.open();
      kafka.newTopic(prefix + ".two", 1, Map.of());
      kafka.produce(prefix + ".two", 0, "new");
      List<Delivery> got = read(source, 1);
      assertThat(bodies(got)).containsExactly("new");
      assertThat(got.get(0).message().address()).isEqualTo(prefix + ".two");
      source.settle(got);
    }
    kafka.newTopic(prefix + ".three", 1, Map.of());
    kafka.produce(prefix + ".three", 0, "while-down");
    assertThat(readAllAndClose(sources.create(), 1)).containsExactly("while-down");
  }

  @Test
  void theStartAppliesToATopicAddedToTheConfigLater() throws Exception {
    KafkaSource source = sources("latest").create();
    source.open();
    source.close();
    String added = kafka.newTopic(1);
    kafka.produce(added, 0, "old");
    KafkaSource both = sources("latest").topic(added).create();
    both.open();
    both.close();
    kafka.produce(added, 0, "new");
    kafka.produce(topic, 0, "too");
    assertThat(readAllAndClose(sources("latest").topic(added).create(), 2))
        .containsExactlyInAnyOrder("new", "too");
  }

  @Test
  void aTopicAddedWhileAnotherInstanceRunsStartsThereAllTheSame() throws Exception {
    String added = kafka.newTopic(1);
    kafka.produce(added, 0, "old");
    try (KafkaSource running = sources("latest").create()) {
      running.open();
      Reads.pollUntil(running, () -> running.lanes().size() == 2);
      try (KafkaSource both = sources("latest").topic(added).create()) {
        both.open();
        List<Delivery> got = new ArrayList<>();
        Reads.pollUntil(
            both,
            got,
            () -> {
              running.poll(10, Duration.ZERO);
              return both.lanes().stream().anyMatch(l -> l.lane().equals(added + "-0"));
            });
        kafka.produce(added, 0, "new");
        Reads.pollUntil(both, got, () -> !got.isEmpty());
        assertThat(bodies(got)).containsExactly("new");
      }
    }
  }
}
