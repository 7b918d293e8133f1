package io.amebobridge.rabbitmq;

import org.jspecify.annotations.Nullable;

/** What a delivery is settled by: a tag that means something on its own channel only. */
final class Receipt {
  final Consumption consumption;
  final long tag;

  /** Which message of a stream; null: of another queue. */
  final @Nullable StreamMessage at;

  boolean settled;
  boolean acked;

  Receipt(Consumption consumption, long tag, @Nullable StreamMessage at) {
    this.consumption = consumption;
    this.tag = tag;
    this.at = at;
  }

  @Override
  public String toString() {
    return consumption + "#" + tag;
  }
}
