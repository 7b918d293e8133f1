package io.amebobridge.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.Connector.Inspection;
import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.Reads;
import io.amebobridge.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class KafkaInspectTest {
  private static List<String> bodies(Inspection inspection) {
    return inspection.samples().stream()
        .map(m -> new String(Objects.requireNonNull(m.body()), StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void saysWhatIsThereAndChangesNothing() throws Exception {
    TestKafka kafka = TestKafka.shared();
    String topic = kafka.newTopic(2);
    String group = TestKafka.unique("group");
    kafka.produce(topic, 0, "a", "b", "c");
    kafka.produce(topic, 1, "d");
    KafkaSources sources = new KafkaSources(kafka.bootstrap(), group).topic(topic);
    Inspection found = sources.factory().inspect(2);
    assertThat(found.facts())
        .anySatisfy(f -> assertThat(f).contains("cluster").contains(kafka.bootstrap()))
        .anySatisfy(f -> assertThat(f).contains(topic, "2 partitions", "4 messages ahead"))
        .anySatisfy(f -> assertThat(f).contains("first start"));
    assertThat(found.warnings()).isEmpty();
    assertThat(found.samples()).hasSize(2).allMatch(m -> m.id() != null);
    assertThat(sources.factory().inspect(100).samples()).hasSize(4);

    assertThat(kafka.admin().listGroups().all().get()).noneMatch(g -> g.groupId().equals(group));
    assertThat(kafka.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get())
        .isEmpty();
  }

  @Test
  void samplesBeginWhereTheSourceWould() throws Exception {
    TestKafka kafka = TestKafka.shared();
    String topic = kafka.newTopic(1);
    String group = TestKafka.unique("group");
    kafka.produce(topic, 0, "a", "b", "c");
    KafkaSources latest =
        new KafkaSources(kafka.bootstrap(), group).topic(topic).with("start", "latest");
    assertThat(latest.factory().inspect(5).samples()).isEmpty();
    kafka
        .admin()
        .alterConsumerGroupOffsets(
            group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(1)))
        .all()
        .get();
    Inspection found = latest.factory().inspect(1);
    assertThat(bodies(found)).containsExactly("b");
    assertThat(found.facts()).contains("goes on where group " + group + " stands");
  }

  @Test
  void warnsOfWhatWouldStopIt() throws Exception {
    TestKafka kafka = TestKafka.shared();
    String topic = kafka.newTopic(1);
    String group = TestKafka.unique("group");
    kafka
        .admin()
        .alterConsumerGroupOffsets(
            group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(7)))
        .all()
        .get();
    KafkaSources sources = new KafkaSources(kafka.bootstrap(), group).topic(topic);
    assertThat(sources.factory().inspect(0).warnings())
        .singleElement()
        .asString()
        .contains("ends at offset 0");
    assertThat(
            new KafkaSources(kafka.bootstrap(), group)
                .topic("/" + TestKafka.unique("nothing") + ".*/")
                .factory()
                .inspect(1)
                .warnings())
        .singleElement()
        .asString()
        .contains("no topic matches");
  }

  @Test
  void warnsOfAGroupThatStillMoves() throws Exception {
    TestKafka kafka = TestKafka.shared();
    String topic = kafka.newTopic(1);
    String legacy = TestKafka.unique("legacy");
    try (KafkaSource other = new KafkaSources(kafka.bootstrap(), legacy).topic(topic).create()) {
      other.open();
      Reads.pollUntil(other, () -> !other.lanes().isEmpty());
      KafkaSources sources =
          new KafkaSources(kafka.bootstrap(), TestKafka.unique("group"))
              .topic(topic)
              .with("start", "group:" + legacy);
      assertThat(sources.factory().inspect(0).warnings())
          .singleElement()
          .asString()
          .contains(legacy, "1 members");
    }
  }

  @Test
  void throwsWhatStandsInTheWay() throws Exception {
    TestKafka kafka = TestKafka.shared();
    KafkaSources sources =
        new KafkaSources(kafka.bootstrap(), TestKafka.unique("group"))
            .topic(TestKafka.unique("missing"));
    assertThatThrownBy(() -> sources.factory().inspect(1))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("there is no topic");
  }
}
