package io.amebobridge.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * What must be known before reading a partition.
 *
 * @param found partitions that are gone are not in it
 * @param committed by the bridge's own group
 */
record Lookup(
    Map<TopicPartition, Placement.Found> found, Map<TopicPartition, OffsetAndMetadata> committed) {

  static CompletableFuture<Lookup> of(
      KafkaAdmin admin, String group, Collection<TopicPartition> partitions) {
    Set<String> topics = partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet());
    // whether a committed offset is out of range does not depend on transactions
    IsolationLevel all = IsolationLevel.READ_UNCOMMITTED;
    var described = admin.describe(topics);
    var first = admin.offsets(partitions, OffsetSpec.earliest(), all);
    var end = admin.offsets(partitions, OffsetSpec.latest(), all);
    var committed = admin.committed(group);
    return CompletableFuture.allOf(described, first, end, committed)
        .thenApply(
            done ->
                new Lookup(
                    found(partitions, described.join(), first.join(), end.join()),
                    committed.join()));
  }

  private static Map<TopicPartition, Placement.Found> found(
      Collection<TopicPartition> partitions,
      Map<String, TopicDescription> topics,
      Map<TopicPartition, ListOffsetsResultInfo> first,
      Map<TopicPartition, ListOffsetsResultInfo> end) {
    Map<TopicPartition, Placement.Found> found = new HashMap<>();
    for (TopicPartition p : partitions) {
      TopicDescription topic = topics.get(p.topic());
      if (topic == null || !first.containsKey(p) || !end.containsKey(p)) continue;
      found.put(
          p, new Placement.Found(topic.topicId(), first.get(p).offset(), end.get(p).offset()));
    }
    return found;
  }
}
