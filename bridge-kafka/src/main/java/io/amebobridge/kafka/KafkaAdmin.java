package io.amebobridge.kafka;

import io.amebobridge.core.Causes;
import io.amebobridge.core.SourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the cluster. Every question comes as a future, which the pump's thread looks at without
 * waiting, and {@link #get} waits for one where that is wanted. Thread-safe.
 */
final class KafkaAdmin implements AutoCloseable {
  private final Admin admin;
  private final KafkaErrors errors;
  private final Duration timeout;

  KafkaAdmin(KafkaSettings settings) throws SourceException {
    errors = new KafkaErrors(settings);
    timeout = settings.connectTimeout();
    try {
      admin = Admin.create(ClientOptions.forAdmin(settings));
    } catch (KafkaException e) {
      throw errors.ofConstruction(e);
    }
  }

  <T> T get(CompletableFuture<T> future, String doing)
      throws SourceException, InterruptedException {
    try {
      // Kafka's own time-out says more, so it comes first
      return future.get(timeout.toMillis() + 1_000, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw errors.of(doing, e);
    }
  }

  CompletableFuture<String> clusterId() {
    return future(admin.describeCluster().clusterId());
  }

  CompletableFuture<Set<String>> topicNames() {
    return future(admin.listTopics().names());
  }

  /** Those that exist; a topic that does not is left out. */
  CompletableFuture<Map<String, TopicDescription>> describe(Collection<String> topics) {
    DescribeTopicsResult result = admin.describeTopics(List.copyOf(topics));
    return collect(result.topicNameValues());
  }

  CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed(String group) {
    return future(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
        .thenApply(
            all -> {
              Map<TopicPartition, OffsetAndMetadata> present = new HashMap<>(all);
              present.values().removeIf(v -> v == null);
              return present;
            });
  }

  /** Partitions that do not exist are left out. */
  CompletableFuture<Map<TopicPartition, ListOffsetsResultInfo>> offsets(
      Collection<TopicPartition> partitions, OffsetSpec spec, IsolationLevel isolation) {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    partitions.forEach(p -> asked.put(p, spec));
    ListOffsetsResult result = admin.listOffsets(asked, new ListOffsetsOptions(isolation));
    Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> futures = new HashMap<>();
    partitions.forEach(p -> futures.put(p, result.partitionResult(p)));
    return collect(futures);
  }

  CompletableFuture<Void> commit(String group, Map<TopicPartition, OffsetAndMetadata> offsets) {
    return future(admin.alterConsumerGroupOffsets(group, offsets).all());
  }

  CompletableFuture<Collection<Node>> nodes() {
    return future(admin.describeCluster().nodes());
  }

  /** How many members the group has; none, where there is no such group. */
  CompletableFuture<Integer> members(String group) {
    return collect(admin.describeConsumerGroups(List.of(group)).describedGroups())
        .thenApply(found -> found.values().stream().mapToInt(g -> g.members().size()).sum());
  }

  CompletableFuture<Map<ConfigResource, Config>> configs(Collection<ConfigResource> resources) {
    return future(admin.describeConfigs(resources).all());
  }

  static Set<TopicPartition> partitions(TopicDescription topic) {
    Set<TopicPartition> partitions = new LinkedHashSet<>();
    topic
        .partitions()
        .forEach(p -> partitions.add(new TopicPartition(topic.name(), p.partition())));
    return partitions;
  }

  static <T> CompletableFuture<T> future(KafkaFuture<T> future) {
    return future.toCompletionStage().toCompletableFuture();
  }

  /** All of them, without those that do not exist. */
  private static <K, V> CompletableFuture<Map<K, V>> collect(Map<K, KafkaFuture<V>> futures) {
    Map<K, V> found = new ConcurrentHashMap<>();
    List<CompletableFuture<?>> all = new ArrayList<>();
    futures.forEach(
        (key, value) -> all.add(future(value).handle((v, e) -> keep(found, key, v, e))));
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenApply(done -> found);
  }

  private static <K, V> @Nullable Void keep(
      Map<K, V> found, K key, V value, @Nullable Throwable failure) {
    if (failure == null) {
      found.put(key, value);
    } else if (!(Causes.unwrap(failure) instanceof UnknownTopicOrPartitionException)
        && !(Causes.unwrap(failure) instanceof GroupIdNotFoundException)) {
      throw new CompletionException(Causes.unwrap(failure));
    }
    return null;
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
