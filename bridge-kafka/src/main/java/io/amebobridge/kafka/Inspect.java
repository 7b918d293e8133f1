package io.amebobridge.kafka;

import io.amebobridge.core.Connector.Inspection;
import io.amebobridge.core.Message;
import io.amebobridge.core.SourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/** Connects and looks, in no group; commits and changes nothing. */
final class Inspect {
  private static final Duration SAMPLE_WAIT = Duration.ofMillis(500);

  private final KafkaSettings settings;
  private final List<String> facts = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Map<TopicPartition, Placement.Found> ends = new HashMap<>();

  Inspect(KafkaSettings settings) {
    this.settings = settings;
  }

  Inspection look(int samples) throws SourceException, InterruptedException {
    try (KafkaAdmin admin = new KafkaAdmin(settings)) {
      String clusterId = admin.get(admin.clusterId(), "to connect");
      var nodes = admin.get(admin.nodes(), "to list the brokers");
      List<String> brokers = nodes.stream().map(Inspect::address).sorted().toList();
      facts.add("cluster " + clusterId + ", brokers " + String.join(", ", brokers));
      Topics topics = Topics.find(settings, admin);
      if (topics.byName().isEmpty()) {
        warnings.add("no topic matches " + settings.topics() + " yet");
      }
      Map<TopicPartition, Placement> places = places(admin, topics);
      topics.byName().values().forEach(t -> describe(t, places));
      warnOfLiveGroup(admin);
      return new Inspection(
          List.copyOf(facts), List.copyOf(warnings), sample(samples, clusterId, places));
    }
  }

  private static String address(Node node) {
    return node.host() + ":" + node.port();
  }

  private Map<TopicPartition, Placement> places(KafkaAdmin admin, Topics topics)
      throws SourceException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> start =
        new FirstStart(settings, admin, topics).positions();
    if (start.isEmpty()) facts.add("goes on where group " + settings.group() + " stands");
    else facts.add("first start, at " + settings.start() + ", for " + start.size() + " partitions");
    Lookup lookup =
        admin.get(Lookup.of(admin, settings.group(), topics.partitions()), "to read the offsets");
    Map<TopicPartition, Placement> places =
        new TreeMap<>(
            Comparator.comparing(TopicPartition::topic)
                .thenComparingInt(TopicPartition::partition));
    lookup
        .found()
        .forEach(
            (p, found) -> {
              OffsetAndMetadata wanted = lookup.committed().getOrDefault(p, start.get(p));
              Placement place = Placement.decide(p, found, wanted, null);
              places.put(p, place);
              ends.put(p, found);
              if (place.loss() != null) warnings.add(place.loss());
            });
    return places;
  }

  private void describe(TopicDescription topic, Map<TopicPartition, Placement> places) {
    long ahead = 0;
    for (TopicPartition p : KafkaAdmin.partitions(topic)) {
      if (places.containsKey(p)) ahead += ends.get(p).end() - places.get(p).offset();
    }
    facts.add(
        "topic %s: %d partitions, %d messages ahead"
            .formatted(topic.name(), topic.partitions().size(), ahead));
  }

  private void warnOfLiveGroup(KafkaAdmin admin) throws SourceException, InterruptedException {
    if (!(settings.start() instanceof StartPosition.Group group)) return;
    int members = admin.get(admin.members(group.id()), "to look at group " + group.id());
    if (members == 0) return;
    warnings.add(
        "group %s has %d members and moves on; stop them before the bridge starts where it stands"
            .formatted(group.id(), members));
  }

  private List<Message> sample(int most, String clusterId, Map<TopicPartition, Placement> places)
      throws SourceException, InterruptedException {
    List<Message> samples = new ArrayList<>();
    if (most <= 0 || places.isEmpty()) return samples;
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(ClientOptions.forSampling(settings))) {
      Map<TopicPartition, Partition> partitions = new HashMap<>();
      consumer.assign(places.keySet());
      places.forEach(
          (id, place) -> {
            Partition partition = new Partition(settings.name(), id, clusterId);
            partition.place(place);
            partitions.put(id, partition);
            consumer.seek(id, place.offset());
          });
      long deadline = System.nanoTime() + settings.connectTimeout().toNanos();
      while (samples.size() < most && somethingAhead(consumer) && System.nanoTime() < deadline) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(SAMPLE_WAIT);
        for (TopicPartition id : records.partitions()) {
          Partition partition = partitions.get(id);
          partition.add(records.records(id));
          while (samples.size() < most && partition.deliverable(Integer.MAX_VALUE) > 0) {
            samples.add(partition.next().message());
          }
        }
      }
      return samples;
    } catch (InterruptException e) {
      Thread.interrupted();
      throw new InterruptedException("interrupted while sampling");
    } catch (KafkaException e) {
      throw new KafkaErrors(settings).of("to read samples", e);
    }
  }

  private boolean somethingAhead(Consumer<byte[], byte[]> consumer) {
    return ends.entrySet().stream()
        .anyMatch(e -> Positions.of(consumer, e.getKey()) < e.getValue().end());
  }
}
