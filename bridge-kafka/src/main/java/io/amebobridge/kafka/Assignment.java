package io.amebobridge.kafka;

import io.amebobridge.core.MessageSource.RevocationHandler;
import io.amebobridge.core.SourceException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that the group has given to this source. A new one is paused until it is known
 * where to go on in it; one that is taken away is drained and committed first. Confined to the
 * source's thread: Kafka calls the listener from within poll and close.
 */
final class Assignment implements ConsumerRebalanceListener {
  private static final Logger LOG = LoggerFactory.getLogger(Assignment.class);
  private static final long LOOKUP_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final KafkaSettings settings;
  private final KafkaAdmin admin;
  private final Consumer<byte[], byte[]> consumer;
  private final Commits commits;
  private final String clusterId;
  private final @Nullable RevocationHandler handler;
  private final Map<TopicPartition, Partition> partitions = new LinkedHashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> wanted;
  private final Map<TopicPartition, String> truncations = new HashMap<>();
  private final Map<String, Uuid> knownTopics = new HashMap<>();
  private final Repeated lookupFailures;
  private @Nullable CompletableFuture<Lookup> lookup;
  private List<Partition> lookedUp = List.of();
  private long lookupNotBefore = System.nanoTime();
  private @Nullable Exception drainFailure;
  private boolean brokerIsAway;

  Assignment(
      KafkaSettings settings,
      KafkaAdmin admin,
      Consumer<byte[], byte[]> consumer,
      Commits commits,
      String clusterId,
      Map<TopicPartition, OffsetAndMetadata> uncommittedStart,
      @Nullable RevocationHandler handler) {
    this.settings = settings;
    this.admin = admin;
    this.consumer = consumer;
    this.commits = commits;
    this.clusterId = clusterId;
    this.handler = handler;
    wanted = new HashMap<>(uncommittedStart);
    lookupFailures = new Repeated(LOG, settings.name() + ": can't tell where to go on");
  }

  Collection<Partition> partitions() {
    return partitions.values();
  }

  @Nullable Partition get(TopicPartition id) {
    return partitions.get(id);
  }

  boolean isPlacing() {
    for (Partition p : partitions.values()) {
      if (!p.isPlaced()) return true;
    }
    return false;
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
    assigned.forEach(this::hold);
  }

  private void hold(TopicPartition id) {
    partitions.put(id, new Partition(settings.name(), id, clusterId));
    consumer.pause(List.of(id));
    // any position will do, so that the consumer looks for none itself; nothing is fetched there
    consumer.seek(id, 0L);
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
    List<Partition> leaving =
        revoked.stream().map(partitions::get).filter(Objects::nonNull).toList();
    try {
      drain(leaving);
      if (!brokerIsAway) commits.now(leaving, Commits.PATIENCE);
    } finally {
      leaving.forEach(Partition::abandon);
      revoked.forEach(this::forget);
    }
  }

  private void forget(TopicPartition id) {
    partitions.remove(id);
    truncations.remove(id); // whoever is next finds out for itself
  }

  private void drain(List<Partition> leaving) {
    Set<String> lanes =
        leaving.stream()
            .filter(Partition::hasUnsettled)
            .map(Partition::lane)
            .collect(Collectors.toSet());
    if (handler == null || lanes.isEmpty()) return;
    try {
      handler.drain(lanes, settings.drainDeadline());
    } catch (SourceException | InterruptedException e) {
      drainFailure = e; // thrown by the poll that this happened in
    }
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> lost) {
    LOG.warn("{}: lost {}; what is in flight there comes again elsewhere", settings.name(), lost);
    lost.stream().map(partitions::get).filter(Objects::nonNull).forEach(Partition::abandon);
    lost.forEach(this::forget);
  }

  /** Closing: a commit has just failed, so the listener need not wait for another. */
  void brokerIsAway() {
    brokerIsAway = true;
  }

  void throwDrainFailure() throws SourceException, InterruptedException {
    Exception failure = drainFailure;
    drainFailure = null;
    if (failure instanceof SourceException e) throw e;
    if (failure instanceof InterruptedException e) throw e;
  }

  /** Finds out where to go on, without waiting: asks, and applies the answer once it is there. */
  void place() throws SourceException {
    if (lookup != null) {
      if (!lookup.isDone()) return;
      CompletableFuture<Lookup> answer = lookup;
      lookup = null;
      lookupNotBefore = System.nanoTime();
      Throwable failure = KafkaErrors.failureOf(answer);
      if (failure != null) {
        giveUpOrGoOn(failure);
      } else {
        lookupFailures.over();
        for (Partition p : lookedUp) place(p, answer.join());
      }
    }
    if (!isPlacing() || System.nanoTime() - lookupNotBefore < 0) return;
    lookedUp = partitions.values().stream().filter(p -> !p.isPlaced()).toList();
    List<TopicPartition> ids = lookedUp.stream().map(Partition::id).toList();
    lookup = Lookup.of(admin, settings.group(), ids);
  }

  private void giveUpOrGoOn(Throwable failure) throws SourceException {
    SourceException e = new KafkaErrors(settings).of("to read offsets", failure);
    if (!e.temporary()) throw e;
    lookupFailures.happened(e.getMessage());
    lookupNotBefore = System.nanoTime() + LOOKUP_PAUSE_NANOS;
  }

  private void place(Partition p, Lookup answer) throws SourceException {
    TopicPartition id = p.id();
    Placement.Found found = answer.found().get(id);
    if (partitions.get(id) != p) return;
    if (found == null) { // the broker does not know it yet, or no more
      lookupNotBefore = System.nanoTime() + LOOKUP_PAUSE_NANOS;
      return;
    }
    OffsetAndMetadata from = wanted.get(id);
    if (p.topicId() == null && answer.committed().containsKey(id)) {
      from = answer.committed().get(id);
    }
    Placement placement = Placement.decide(id, found, from, knownTopics.get(id.topic()));
    String loss = placement.loss() == null ? truncations.remove(id) : placement.loss();
    if (loss != null) report(loss, id, placement.offset());
    wanted.remove(id);
    p.place(placement);
    consumer.seek(id, new OffsetAndMetadata(placement.offset(), placement.leaderEpoch(), ""));
    LOG.debug("{}: {} goes on at {}", settings.name(), id, placement.offset());
    boolean allPlaced =
        partitions.values().stream()
            .allMatch(q -> !q.id().topic().equals(id.topic()) || q.isPlaced());
    if (allPlaced) knownTopics.put(id.topic(), found.topicId());
  }

  private void report(String loss, TopicPartition at, long offset) throws SourceException {
    if (settings.continueAfterLoss()) {
      LOG.warn("{}: {}; goes on with {} at offset {}", settings.name(), loss, at, offset);
      return;
    }
    throw SourceException.permanent(
        "%s: %s; to go on without them at offset %d of %s, set %s.lostOffsets: continue"
            .formatted(settings.place(), loss, offset, at, settings.place()),
        null);
  }

  /** The position is not there any more, or not there yet: looks again, from where it stood. */
  void outOfRange(Map<TopicPartition, Long> positions) {
    positions.forEach(
        (id, offset) -> {
          Partition p = partitions.get(id);
          if (p == null) return;
          p.displace();
          consumer.pause(List.of(id));
          p.fetching(false);
          wanted.put(id, new OffsetAndMetadata(offset));
        });
  }

  /** The broker's log has forked from what was read: goes back to the fork. */
  void truncated(LogTruncationException truncation) {
    Map<TopicPartition, Long> positions = truncation.offsetOutOfRangePartitions();
    outOfRange(positions);
    positions.forEach(
        (id, offset) -> {
          String loss = "the broker lost messages of %s that were there before offset %d";
          truncations.put(id, loss.formatted(id, offset));
          OffsetAndMetadata fork = truncation.divergentOffsets().get(id);
          if (fork == null) wanted.remove(id); // from the first
          else wanted.put(id, fork);
        });
  }

  /** Nothing of the old topic is committed to the new one of its name. */
  void recreated(Set<String> topics) {
    for (Partition p : new ArrayList<>(partitions.values())) {
      Uuid old = p.topicId();
      if (old == null || !topics.contains(p.id().topic())) continue;
      knownTopics.putIfAbsent(p.id().topic(), old);
      p.abandon();
      hold(p.id());
    }
  }
}
