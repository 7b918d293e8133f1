package io.amebobridge.rabbitmq;

/** What a delivery is settled by: a tag that means something on its own channel only. */
final class Receipt {
  final Consumption consumption;
  final long tag;
  boolean settled;
  boolean acked;

  Receipt(Consumption consumption, long tag) {
    this.consumption = consumption;
    this.tag = tag;
  }

  @Override
  public String toString() {
    return consumption + "#" + tag;
  }
}
