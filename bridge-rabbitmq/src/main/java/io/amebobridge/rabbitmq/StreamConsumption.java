package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import io.amebobridge.core.SourceException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One consumer of one stream. An acknowledgement only asks for more messages; it is given up to the
 * first message that is not settled, so that no more than the prefetch come again after a crash.
 */
final class StreamConsumption extends Consumption {
  private final StreamCursor cursor;
  private final StreamGaps gaps;
  private final StreamWatch watch;
  private final int prefetch;
  private final boolean atKnown;
  private final HandOver handOver;
  private final Deque<Receipt> outstanding = new ArrayDeque<>();
  private int settled;
  private long toAcknowledge = -1;

  /**
   * One that is to be started.
   *
   * @param prefetch how many messages may be unsettled before the broker stops
   * @param atKnown whether it begins at the known message, rather than at the stream's first
   */
  StreamConsumption(
      Channel channel, StreamLook look, StreamCursor cursor, int prefetch, boolean atKnown) {
    super(cursor.queue(), channel, look.handOver());
    this.cursor = cursor;
    this.prefetch = prefetch;
    this.atKnown = atKnown;
    handOver = look.handOver();
    gaps = new StreamGaps(cursor, look::first);
    watch = new StreamWatch(cursor, look::last);
  }

  @Override
  void step() {
    boolean waits = outstanding.size() < prefetch && gaps.isEmpty() && !handOver.has(this);
    if (watch.stalls(waits)) {
      end("the broker sends nothing, although there is something at offset " + cursor.expected());
    }
  }

  /** The broker sends a chunk whole, once the prefetch has room for one of its messages. */
  @Override
  boolean isBounded() {
    return false;
  }

  @Override
  boolean holds(Arrival arrival) {
    try {
      return gaps.holds(arrival);
    } catch (IOException e) {
      end(String.valueOf(e.getMessage()));
      return true;
    }
  }

  @Override
  List<Arrival> released(int max) throws SourceException {
    try {
      return gaps.released(max);
    } catch (IOException e) {
      end(String.valueOf(e.getMessage()));
      return List.of();
    }
  }

  @Override
  @Nullable Receipt take(Arrival arrival) throws SourceException {
    try {
      StreamMessage message =
          StreamMessage.of(arrival.envelope(), arrival.properties(), arrival.body());
      boolean isNew = cursor.comes(message, atKnown);
      Receipt receipt = new Receipt(this, arrival.envelope().getDeliveryTag(), message);
      outstanding.add(receipt);
      if (isNew) return receipt;
      settle(receipt);
    } catch (StreamChanged e) {
      cursor.changed(e);
      end(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      end(String.valueOf(e.getMessage()));
    }
    return null;
  }

  @Override
  int unsettled() {
    return outstanding.size() - settled;
  }

  @Override
  void settle(Receipt receipt) {
    if (receipt.settled) return;
    receipt.settled = true;
    settled++;
    while (!outstanding.isEmpty() && outstanding.peek().settled) {
      Receipt first = outstanding.remove();
      settled--;
      toAcknowledge = first.tag;
      if (first.at != null) cursor.settled(first.at);
    }
  }

  @Override
  void acknowledge(boolean all) {
    if (toAcknowledge < 0 || end() != null) return;
    try {
      channel().basicAck(toAcknowledge, true);
      toAcknowledge = -1;
    } catch (IOException | AlreadyClosedException e) {
      end("an acknowledgement could not be sent: " + e.getMessage());
    }
  }
}
