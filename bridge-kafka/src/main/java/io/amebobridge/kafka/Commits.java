package io.amebobridge.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits, per partition, the offset before which all is settled. A commit that fails is made again
 * with the next one: until then a crash repeats messages, which their ids give away.
 */
final class Commits {
  private static final Logger LOG = LoggerFactory.getLogger(Commits.class);

  /** How long leaving waits for the last commit. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Consumer<byte[], byte[]> consumer;
  private final long intervalNanos;
  private final LongSupplier nanos;
  private final Repeated failures;
  private long last;
  private boolean underWay;

  Commits(Consumer<byte[], byte[]> consumer, KafkaSettings settings, LongSupplier nanos) {
    this.consumer = consumer;
    this.nanos = nanos;
    intervalNanos = settings.commitInterval().toNanos();
    failures = new Repeated(LOG, settings.name() + ": committing offsets fails, goes on trying");
    last = nanos.getAsLong();
  }

  /** Commits without waiting, once the interval is over. */
  void step(Collection<Partition> partitions) {
    if (underWay || nanos.getAsLong() - last < intervalNanos) return;
    last = nanos.getAsLong();
    Map<Partition, Long> due = due(partitions);
    if (due.isEmpty()) return;
    underWay = true;
    consumer.commitAsync(
        offsets(due),
        (offsets, failure) -> {
          underWay = false;
          if (failure == null) committed(due);
          else failed(failure);
        });
  }

  /** Commits and waits. True: what there was to commit is durable. */
  boolean now(Collection<Partition> partitions, Duration timeout) {
    Map<Partition, Long> due = due(partitions);
    if (due.isEmpty()) return true;
    try {
      try {
        consumer.commitSync(offsets(due), timeout);
      } catch (WakeupException somebodyElsesPoll) {
        consumer.commitSync(offsets(due), timeout);
      }
      committed(due);
      return true;
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      failures.happened(e);
      return false;
    }
  }

  private Map<Partition, Long> due(Collection<Partition> partitions) {
    Map<Partition, Long> due = new HashMap<>();
    for (Partition p : partitions) {
      if (!p.isPlaced() || !p.isOwned()) continue;
      long offset = p.settledBefore();
      if (offset < 0) offset = Positions.of(consumer, p.id());
      if (offset >= 0 && offset != p.committed()) due.put(p, offset);
    }
    return due;
  }

  private static Map<TopicPartition, OffsetAndMetadata> offsets(Map<Partition, Long> due) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    due.forEach((p, offset) -> offsets.put(p.id(), p.commitOf(offset)));
    return offsets;
  }

  private void committed(Map<Partition, Long> offsets) {
    offsets.forEach(Partition::committed);
    failures.over();
  }

  private void failed(Exception failure) {
    // a rebalance under way is no trouble: the next interval comes
    if (failure instanceof RebalanceInProgressException
        || (failure instanceof RetriableCommitFailedException
            && failure.getCause() instanceof RebalanceInProgressException)) {
      LOG.debug("commit put off by a rebalance");
    } else {
      failures.happened(failure);
    }
  }
}
