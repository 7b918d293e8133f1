package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import io.amebobridge.core.SourceException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One consumer of one queue on a channel of its own, from its start to its end. It never comes
 * back: after its end all its receipts are stale, since their messages return to the queue.
 *
 * <p>The {@code handle…} methods belong to the client's threads, everything else to the pump's.
 */
class Consumption extends DefaultConsumer {
  /** So long an acknowledgement may wait to be one of many. */
  static final long ACK_DELAY_NANOS = 20_000_000;

  private final String queue;
  private final Channel channel;
  private final HandOver handOver;
  private final Deque<Receipt> outstanding = new ArrayDeque<>();

  /** Settled before some that came earlier. */
  private final List<Receipt> ahead = new ArrayList<>();

  private long aheadSince;
  private boolean adopted;

  // set by the client's threads, which tell of it by waking the pump's
  private volatile @Nullable String end;

  Consumption(String queue, Channel channel, HandOver handOver) {
    super(channel);
    this.queue = queue;
    this.channel = channel;
    this.handOver = handOver;
  }

  @Override
  public void handleDelivery(
      String tag, Envelope envelope, BasicProperties properties, byte[] body) {
    if (end != null || handOver.add(new Arrival(this, envelope, properties, body))) return;
    end("it sent more than the prefetch");
  }

  /** Whether the prefetch bounds what the broker sends. */
  boolean isBounded() {
    return true;
  }

  @Override
  public void handleCancel(String tag) {
    end("the broker cancelled the consumer: the queue was deleted, or has moved");
  }

  @Override
  public void handleShutdownSignal(String tag, ShutdownSignalException signal) {
    if (!signal.isInitiatedByApplication()) end(RabbitErrors.reason(signal));
  }

  /** Ends it; what it has given comes again on the next. */
  final void end(String why) {
    if (end == null) end = why;
    handOver.wake();
  }

  String queue() {
    return queue;
  }

  Channel channel() {
    return channel;
  }

  /** Why it has ended; null while its receipts are good. */
  @Nullable String end() {
    if (end == null && !channel.isOpen()) end = RabbitErrors.reason(channel.getCloseReason());
    return end;
  }

  /** It is its reader's current one: what it brings may be handed out. */
  Consumption adopt() {
    adopted = true;
    return this;
  }

  /** Also true of one that has ended, whose arrivals mean nothing. */
  boolean isAdopted() {
    return adopted || end() != null;
  }

  /** The periodic work, besides acknowledging. */
  void step() {}

  /** Whether an arrival waits here until it is {@link #released}. */
  boolean holds(Arrival arrival) {
    return false;
  }

  /** Arrivals that have waited, at most so many. */
  List<Arrival> released(int max) throws SourceException {
    return List.of();
  }

  /**
   * An arrival is about to be handed out.
   *
   * @return null: it is not
   */
  @Nullable Receipt take(Arrival arrival) throws SourceException {
    Receipt receipt = new Receipt(this, arrival.envelope().getDeliveryTag(), null);
    outstanding.add(receipt);
    return receipt;
  }

  int unsettled() {
    return outstanding.size() - ahead.size();
  }

  void settle(Receipt receipt) {
    if (receipt.settled) return;
    receipt.settled = true;
    if (ahead.isEmpty()) aheadSince = System.nanoTime();
    ahead.add(receipt);
  }

  /**
   * Acknowledges what is settled: all at once up to the first that is not; those behind it one by
   * one, once they have waited for it a little, or when they are many.
   */
  void acknowledge(boolean all) {
    if (ahead.isEmpty() || end() != null) return;
    try {
      acknowledgePrefix();
      boolean late = System.nanoTime() - aheadSince >= ACK_DELAY_NANOS;
      if (all || late) acknowledgeSingly();
    } catch (IOException | AlreadyClosedException e) {
      end("an acknowledgement could not be sent: " + e.getMessage());
    }
  }

  private void acknowledgePrefix() throws IOException {
    long last = 0;
    int count = 0;
    while (!outstanding.isEmpty() && outstanding.peek().settled) {
      Receipt receipt = outstanding.remove();
      if (receipt.acked) continue;
      receipt.acked = true;
      last = receipt.tag; // of those that are not acknowledged: an unknown tag ends the channel
      count++;
    }
    if (count == 0) return;
    channel.basicAck(last, count > 1);
    ahead.removeIf(r -> r.acked);
  }

  private void acknowledgeSingly() throws IOException {
    for (Receipt receipt : ahead) {
      receipt.acked = true;
      channel.basicAck(receipt.tag, false);
    }
    ahead.clear();
  }

  @Override
  public String toString() {
    return queue + " on channel " + channel.getChannelNumber();
  }
}
