package io.amebobridge.kafka;

import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.core.Delivery;
import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.Origin;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * One assignment of a partition: what was fetched, what is handed out, and the offset before which
 * all is settled. That offset is always one the consumer has seen: the first unsettled record's, or
 * the consumer's own position once all is settled, which is past the markers of transactions and
 * the holes of compaction.
 */
final class Partition {
  private final String source;
  private final TopicPartition id;
  private final String lane;
  private final String clusterId;
  private final Deque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();
  private final Deque<Receipt> outstanding = new ArrayDeque<>();
  private @Nullable Uuid topicId;
  private String idPrefix = "";
  private Optional<Integer> settledEpoch = Optional.empty();
  private long committed = -1;
  private boolean placed;
  private boolean owned = true;
  private boolean fetching;
  private long end = -1;

  Partition(String source, TopicPartition id, String clusterId) {
    this.source = source;
    this.id = id;
    this.clusterId = clusterId;
    lane = id.topic() + "-" + id.partition();
  }

  TopicPartition id() {
    return id;
  }

  String lane() {
    return lane;
  }

  /** Null until it was placed once. */
  @Nullable Uuid topicId() {
    return topicId;
  }

  /** It is known where to go on; until then nothing is fetched or committed. */
  boolean isPlaced() {
    return placed;
  }

  void displace() {
    placed = false;
  }

  void place(Placement placement) {
    placed = true;
    topicId = placement.topicId();
    idPrefix = "kafka:%s:%s:%d:".formatted(clusterId, topicId, id.partition());
    settledEpoch = placement.leaderEpoch();
  }

  boolean isOwned() {
    return owned;
  }

  /** It belongs to somebody else, or to another assignment. */
  void abandon() {
    owned = false;
    fetched.clear();
    outstanding.clear();
  }

  void add(Collection<ConsumerRecord<byte[], byte[]>> records) {
    fetched.addAll(records);
  }

  boolean hasRoom(int maxUnsettled) {
    return placed && fetched.size() + outstanding.size() < maxUnsettled;
  }

  int deliverable(int maxUnsettled) {
    return Math.max(0, Math.min(fetched.size(), maxUnsettled - outstanding.size()));
  }

  boolean isFetching() {
    return fetching;
  }

  void fetching(boolean on) {
    fetching = on;
  }

  /** Hands out the next; there must be one. */
  Delivery next() {
    ConsumerRecord<byte[], byte[]> record = fetched.remove();
    Receipt receipt = new Receipt(this, record.offset(), record.timestamp(), record.leaderEpoch());
    outstanding.add(receipt);
    return new Delivery(message(record), receipt);
  }

  void settle(Receipt receipt) {
    receipt.settled = true;
    while (!outstanding.isEmpty() && outstanding.peek().settled) {
      settledEpoch = outstanding.remove().leaderEpoch;
    }
  }

  boolean hasUnsettled() {
    return !outstanding.isEmpty();
  }

  /** All before it are settled; -1: ask the consumer, all that it gave is settled. */
  long settledBefore() {
    if (!outstanding.isEmpty()) return outstanding.peek().offset;
    return handedOutBefore();
  }

  /** The next to be handed out; -1: ask the consumer. */
  long handedOutBefore() {
    return fetched.isEmpty() ? -1 : fetched.peek().offset();
  }

  /** The broker's time of the first unsettled record; -1: none. */
  long oldestUnsettled() {
    if (!outstanding.isEmpty()) return outstanding.peek().timestamp;
    return fetched.isEmpty() ? -1 : fetched.peek().timestamp();
  }

  OffsetAndMetadata commitOf(long offset) {
    if (topicId == null) throw new IllegalStateException(lane + " has no place yet");
    return TopicIdentity.mark(offset, settledEpoch, topicId);
  }

  long committed() {
    return committed;
  }

  void committed(long offset) {
    committed = offset;
  }

  /** As the broker said last; -1: it has not. */
  long end() {
    return end;
  }

  void end(long offset) {
    end = offset;
  }

  private Message message(ConsumerRecord<byte[], byte[]> record) {
    long offset = record.offset();
    Map<String, Object> variables =
        Map.of("topic", id.topic(), "partition", id.partition(), "offset", offset);
    SourceCoordinates coordinates =
        new SourceCoordinates("kafka:" + clusterId, id.topic(), id.partition(), offset);
    Instant at = Instant.ofEpochMilli(Math.max(0, record.timestamp()));
    Origin origin = new Origin(source, lane, at, variables, coordinates, null);
    return new Message(
        idPrefix + offset, id.topic(), record.key(), record.value(), headers(record), origin);
  }

  private static List<Header> headers(ConsumerRecord<byte[], byte[]> record) {
    List<Header> headers = new ArrayList<>();
    record.headers().forEach(h -> headers.add(new Header(h.key(), h.value())));
    return headers;
  }

  @Override
  public String toString() {
    return lane;
  }
}
