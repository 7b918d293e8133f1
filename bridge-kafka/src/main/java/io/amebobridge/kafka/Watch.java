package io.amebobridge.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks, now and then and without ever waiting, at what the consumer does not tell: whether the
 * broker answers, the ends of partitions that are not being read, whether a topic is still the same
 * one, and how long it keeps messages.
 */
final class Watch {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
  private static final Duration RETENTION_INTERVAL = Duration.ofMinutes(5);

  private record Seen(
      Map<String, TopicDescription> topics, Map<TopicPartition, ListOffsetsResultInfo> ends) {}

  private final KafkaSettings settings;
  private final KafkaAdmin admin;
  private final LongSupplier nanos;
  private final Repeated away;
  private @Nullable String awayBecause;
  private final Map<String, Long> retentionMillis = new HashMap<>();
  private final Set<String> gone = new HashSet<>();
  private @Nullable CompletableFuture<Seen> looking;
  private @Nullable CompletableFuture<Map<ConfigResource, Config>> retention;
  private Set<String> retentionAsked = Set.of();
  private long lookedAt;
  private long retentionAt;

  Watch(KafkaSettings settings, KafkaAdmin admin, LongSupplier nanos) {
    this.settings = settings;
    this.admin = admin;
    this.nanos = nanos;
    lookedAt = nanos.getAsLong();
    away = new Repeated(LOG, settings.name() + ": Kafka at " + settings.bootstrap() + " is away");
  }

  /** Goes on with it. Answers with the topics that are no longer the ones assigned. */
  Set<String> step(Collection<Partition> partitions) {
    Set<String> recreated = Set.of();
    if (looking != null && looking.isDone()) {
      recreated = see(looking, partitions);
      looking = null;
    }
    if (retention != null && retention.isDone()) {
      keep(retention);
      retention = null;
    }
    long now = nanos.getAsLong();
    if (looking == null && now - lookedAt >= settings.watchInterval().toNanos()) {
      lookedAt = now;
      looking = look(partitions);
      askRetention(topics(partitions), now);
    }
    return recreated;
  }

  /** Why the broker does not answer; null: it does, as far as is known. */
  @Nullable String away() {
    return awayBecause;
  }

  /** In milliseconds; null: unknown, or for ever. */
  @Nullable Long retentionMillis(String topic) {
    return retentionMillis.get(topic);
  }

  private CompletableFuture<Seen> look(Collection<Partition> partitions) {
    List<TopicPartition> ids = partitions.stream().map(Partition::id).toList();
    Set<String> names = new HashSet<>(topics(partitions));
    names.addAll(settings.topics().names());
    var topics = admin.describe(names);
    var ends = admin.offsets(ids, OffsetSpec.latest(), settings.isolation());
    return topics.thenCombine(ends, Seen::new);
  }

  private Set<String> see(CompletableFuture<Seen> future, Collection<Partition> partitions) {
    Throwable failure = KafkaErrors.failureOf(future);
    if (failure != null) {
      away.happened(failure);
      awayBecause = new KafkaErrors(settings).of("to look at the topics", failure).getMessage();
      return Set.of();
    }
    away.over();
    awayBecause = null;
    Seen seen = future.join();
    Set<String> recreated = new HashSet<>();
    for (Partition p : partitions) {
      ListOffsetsResultInfo end = seen.ends().get(p.id());
      if (end != null) p.end(end.offset());
      TopicDescription topic = seen.topics().get(p.id().topic());
      boolean other = topic != null && p.topicId() != null && !topic.topicId().equals(p.topicId());
      if (other) recreated.add(p.id().topic());
    }
    for (String name : settings.topics().names()) {
      if (seen.topics().containsKey(name)) gone.remove(name);
      else sayGone(name);
    }
    return recreated;
  }

  private void sayGone(String topic) {
    if (gone.add(topic)) {
      LOG.warn("{}: the topic {} is gone; what was unread in it is lost", settings.name(), topic);
    }
  }

  private void askRetention(Set<String> topics, long now) {
    boolean old = now - retentionAt >= RETENTION_INTERVAL.toNanos();
    if (retention != null || (!old && retentionAsked.containsAll(topics))) return;
    retentionAt = now;
    retentionAsked = topics;
    retention =
        admin.configs(
            topics.stream().map(t -> new ConfigResource(ConfigResource.Type.TOPIC, t)).toList());
  }

  private void keep(CompletableFuture<Map<ConfigResource, Config>> answer) {
    Throwable failure = KafkaErrors.failureOf(answer);
    if (failure != null) {
      LOG.debug("{}: the topics' retention can't be read", settings.name(), failure);
      return;
    }
    answer.join().forEach((topic, config) -> keep(topic.name(), config));
  }

  private void keep(String topic, Config config) {
    ConfigEntry millis = config.get("retention.ms");
    ConfigEntry policy = config.get("cleanup.policy");
    boolean deletes = policy == null || String.valueOf(policy.value()).contains("delete");
    long value = millis == null ? -1 : Long.parseLong(millis.value());
    if (deletes && value >= 0) retentionMillis.put(topic, value);
    else retentionMillis.remove(topic);
  }

  private static Set<String> topics(Collection<Partition> partitions) {
    return partitions.stream().map(p -> p.id().topic()).collect(Collectors.toSet());
  }
}
