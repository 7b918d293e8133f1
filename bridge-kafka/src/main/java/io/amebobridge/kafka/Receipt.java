package io.amebobridge.kafka;

import java.util.Optional;

/**
 * What a delivery is settled by. Belongs to one assignment of its partition: after the partition
 * was given up or lost, it says so, even if the same partition comes back.
 */
final class Receipt {
  final Partition partition;
  final long offset;
  final long timestamp;
  final Optional<Integer> leaderEpoch;
  boolean settled;

  Receipt(Partition partition, long offset, long timestamp, Optional<Integer> leaderEpoch) {
    this.partition = partition;
    this.offset = offset;
    this.timestamp = timestamp;
    this.leaderEpoch = leaderEpoch;
  }

  @Override
  public String toString() {
    return partition.lane() + "@" + offset;
  }
}
