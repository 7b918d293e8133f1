package io.amebobridge.kafka;

import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.pollUntil;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.MessageSource;
import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.TestKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KafkaRebalanceTest {
  private TestKafka kafka;
  private String topic;
  private KafkaSources sources;

  @BeforeEach
  void prepare() throws Exception {
    kafka = TestKafka.shared();
    topic = kafka.newTopic(4);
    sources = new KafkaSources(kafka.bootstrap(), TestKafka.unique("group")).topic(topic);
  }

  private void produceToAll() throws Exception {
    for (int p = 0; p < 4; p++) kafka.produce(topic, p, p + "-a", p + "-b", p + "-c");
  }

  private static void alternate(MessageSource other, List<Delivery> into) throws Exception {
    into.addAll(other.poll(100, Duration.ofMillis(10)));
  }

  @Test
  void whatLeavesIsDrainedStillOwnedAndNotRepeatedAndWhatStaysIsNotTouched() throws Exception {
    produceToAll();
    try (KafkaSource first = sources.create();
        KafkaSource second = sources.create()) {
      List<Delivery> held = new ArrayList<>();
      Set<String> drained = new TreeSet<>();
      first.beforeRevocation(
          (lanes, deadline) -> {
            assertThat(deadline).isPositive().isLessThan(Duration.ofMillis(1500));
            List<Delivery> leaving = held.stream().filter(d -> lanes.contains(d.lane())).toList();
            assertThat(leaving).isNotEmpty().allMatch(first::owns);
            drained.addAll(lanes);
            first.settle(leaving);
          });
      first.open();
      held.addAll(read(first, 12));
      second.open();
      List<Delivery> taken = new ArrayList<>();
      List<Delivery> more = new ArrayList<>();
      pollUntil(
          second,
          taken,
          () -> {
            alternate(first, more);
            return second.lanes().size() == 2 && !drained.isEmpty();
          });
      assertThat(drained).hasSize(2);
      assertThat(held)
          .allSatisfy(d -> assertThat(first.owns(d)).isNotEqualTo(drained.contains(d.lane())));

      for (int p = 0; p < 4; p++) kafka.produce(topic, p, p + "-d");
      pollUntil(
          second,
          taken,
          () -> {
            alternate(first, more);
            return taken.size() + more.size() >= 4;
          });
      assertThat(bodies(taken)).allMatch(b -> b.endsWith("-d")).hasSize(2);
      assertThat(bodies(more)).allMatch(b -> b.endsWith("-d")).hasSize(2);
    }
  }

  @Test
  void whatCouldNotBeDrainedComesAgainElsewhere() throws Exception {
    produceToAll();
    try (KafkaSource first = sources.create();
        KafkaSource second = sources.create()) {
      first.beforeRevocation(
          (lanes, deadline) -> {
            throw SourceException.temporary("the drain failed", null);
          });
      first.open();
      List<Delivery> held = read(first, 12);
      second.open();
      List<Delivery> taken = new ArrayList<>();
      assertThatThrownBy(
              () ->
                  pollUntil(
                      first,
                      () -> {
                        alternate(second, taken);
                        return false;
                      }))
          .hasMessage("the drain failed");
      pollUntil(
          second,
          taken,
          () -> {
            alternate(first, new ArrayList<>());
            return taken.size() == 6;
          });
      Set<String> abandoned =
          held.stream()
              .filter(d -> !first.owns(d))
              .map(d -> d.message().id())
              .collect(Collectors.toSet());
      assertThat(taken.stream().map(d -> d.message().id()).collect(Collectors.toSet()))
          .isEqualTo(abandoned);
    }
  }

  @Test
  void whoStoppedPollingLosesItsPartitionsAndKnows() throws Exception {
    produceToAll();
    try (KafkaSource silent = sources.create();
        KafkaSource heir = sources.create()) {
      List<String> drained = new ArrayList<>();
      silent.beforeRevocation((lanes, deadline) -> drained.addAll(lanes));
      silent.open();
      List<Delivery> held = read(silent, 12);
      heir.open();
      List<Delivery> inherited = new ArrayList<>();
      pollUntil(heir, inherited, () -> inherited.size() == 12); // silent is not polled meanwhile
      heir.settle(inherited);

      pollUntil(silent, () -> held.stream().noneMatch(silent::owns));
      assertThat(drained).isEmpty(); // nothing to give up in order: it is gone already
      silent.settle(held); // ignored
      assertThat(inherited.stream().filter(heir::owns).count()).isPositive();
    }
    kafka.produce(topic, 0, "last");
    try (KafkaSource again = sources.create()) {
      again.open();
      assertThat(bodies(read(again, 1))).containsExactly("last");
    }
  }
}
