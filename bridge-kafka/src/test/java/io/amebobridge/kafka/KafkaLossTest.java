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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nothing is skipped silently. */
class KafkaLossTest {
  private TestKafka kafka;
  private String topic;
  private String group;

  @BeforeEach
  void prepare() throws Exception {
    kafka = TestKafka.shared();
    topic = kafka.newTopic(1);
    group = TestKafka.unique("group");
  }

  private KafkaSources sources(String lostOffsets) {
    return new KafkaSources(kafka.bootstrap(), group).topic(topic).with("lostOffsets", lostOffsets);
  }

  private void produce(String prefix, int count) throws Exception {
    kafka.produce(
        topic, 0, IntStream.range(0, count).mapToObj(i -> prefix + i).toArray(String[]::new));
  }

  private void deleteBefore(long offset) throws Exception {
    kafka
        .admin()
        .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset)))
        .all()
        .get();
  }

  private void commit(OffsetAndMetadata offset) throws Exception {
    kafka
        .admin()
        .alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), offset))
        .all()
        .get();
  }

  private static void assertStops(KafkaSource source, String... says) {
    assertThatThrownBy(() -> Reads.pollUntil(source, () -> false))
        .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.temporary()).isFalse())
        .hasMessageContaining("lostOffsets: continue")
        .satisfies(e -> assertThat(e.getMessage()).contains(says));
    // and stays stopped
    assertThatThrownBy(() -> source.poll(1, Duration.ZERO)).isInstanceOf(SourceException.class);
  }

  @Test
  void whatRetentionRemovedWhileDownIsCountedAndStops() throws Exception {
    produce("m", 10);
    commit(new OffsetAndMetadata(3));
    deleteBefore(7);
    try (KafkaSource source = sources("stop").create()) {
      source.open();
      assertStops(source, "4 messages of " + topic + "-0", "offsets 3 to 6");
    }
    assertThat(readAllAndClose(sources("continue").create(), 3)).containsExactly("m7", "m8", "m9");
  }

  @Test
  void whatRetentionRemovedWhileReadingIsCountedAndStops() throws Exception {
    produce("m", 4);
    try (KafkaSource stops = sources("stop").client("fetch.max.wait.ms", "50").create();
        KafkaSource goesOn =
            new KafkaSources(kafka.bootstrap(), TestKafka.unique("group"))
                .topic(topic)
                .client("fetch.max.wait.ms", "50")
                .with("lostOffsets", "continue")
                .create()) {
      stops.open();
      goesOn.open();
      List<Delivery> got = read(stops, 4);
      List<Delivery> inFlight = read(goesOn, 4);
      // saturated: after the fetch under way has come back, nothing is fetched
      stops.poll(0, Duration.ofMillis(300));
      goesOn.poll(0, Duration.ofMillis(300));
      produce("n", 20);
      deleteBefore(20);
      assertStops(stops, "16 messages of " + topic + "-0", "offsets 4 to 19");
      assertThat(got).allMatch(stops::owns);

      assertThat(bodies(read(goesOn, 4))).containsExactly("n16", "n17", "n18", "n19");
      assertThat(inFlight).allMatch(goesOn::owns);
    }
  }

  @Test
  void anOffsetBeyondTheEndIsNoReasonToWaitSilently() throws Exception {
    produce("m", 3);
    commit(new OffsetAndMetadata(50));
    try (KafkaSource source = sources("stop").create()) {
      source.open();
      assertStops(source, "ends at offset 3", "offset 50");
    }
    assertThat(readAllAndClose(sources("continue").create(), 3)).containsExactly("m0", "m1", "m2");
  }

  @Test
  void aLogThatForkedIsNoticedByTheLeaderEpoch() throws Exception {
    produce("m", 5);
    kafka.broker().kill9();
    kafka.broker().start(); // a new leader epoch
    produce("n", 10);
    // as if offsets 5 to 7 had been read from the old leader and were then lost with it
    commit(new OffsetAndMetadata(8, Optional.of(0), ""));
    try (KafkaSource source = sources("stop").create()) {
      source.open();
      assertStops(source, "the broker lost messages of " + topic + "-0");
    }
    assertThat(readAllAndClose(sources("continue").create(), 10)).startsWith("n0");
  }

  @Test
  void aTopicRecreatedWhileRunningIsNotMixedWithTheOldOne() throws Exception {
    produce("old", 3);
    try (KafkaSource stops = sources("stop").create();
        KafkaSource goesOn =
            new KafkaSources(kafka.bootstrap(), TestKafka.unique("group"))
                .topic(topic)
                .with("lostOffsets", "continue")
                .create()) {
      stops.open();
      goesOn.open();
      List<Delivery> before = read(stops, 3);
      List<Delivery> old = read(goesOn, 3);
      recreate();
      produce("new", 6);
      assertStops(stops, topic, "deleted and created again");
      assertThat(before).noneMatch(stops::owns);

      List<Delivery> got = new ArrayList<>();
      Reads.pollUntil(goesOn, got, () -> bodies(got).contains("new0"));
      Reads.pollUntil(goesOn, got, () -> bodies(got).contains("new5"));
      assertThat(old).noneMatch(goesOn::owns);
      assertThat(got).filteredOn(goesOn::owns).hasSize(6);
      assertThat(got).extracting(d -> d.message().id()).doesNotHaveDuplicates();
      assertThat(got)
          .filteredOn(goesOn::owns)
          .noneMatch(d -> old.stream().anyMatch(o -> o.message().id().equals(d.message().id())));
    }
  }

  private void recreate() throws Exception {
    kafka.admin().deleteTopics(List.of(topic)).all().get();
    Awaitility.await()
        .ignoreException(ExecutionException.class) // the old one is not quite gone yet
        .until(
            () -> {
              kafka.newTopic(topic, 1, Map.of());
              return true;
            });
  }

  @Test
  void anOffsetOfTheOldIncarnationIsNotAppliedToTheNewOne() throws Exception {
    produce("m", 5);
    commit(TopicIdentity.mark(3, Optional.empty(), Uuid.randomUuid()));
    try (KafkaSource source = sources("stop").create()) {
      source.open();
      assertStops(source, topic, "deleted and created again");
    }
    assertThat(readAllAndClose(sources("continue").create(), 5)).startsWith("m0");
  }
}
