package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import io.amebobridge.core.SendResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A channel with publisher confirms, from its start to its end; it never comes back. What the
 * broker and the client say arrives as work for the publisher's thread, to which everything here
 * belongs; only writing, which may wait for the broker, has a thread of its own.
 */
final class ConfirmChannel {
  private final Channel channel;
  private final Consumer<Runnable> inbox;
  private final Listener listener;
  private final BlockingQueue<Optional<Unconfirmed>> toWrite = new LinkedBlockingQueue<>();
  private final NavigableMap<Long, Unconfirmed> unconfirmed = new TreeMap<>();
  private final Map<Likeness, Unconfirmed> underWay = new HashMap<>();
  private long unconfirmedBytes;
  private long lastNumber;
  private long lastHeard = System.nanoTime();
  private boolean ended;

  /** One that the broker has not answered. */
  static final class Unconfirmed {
    final Sending.Lane lane;
    final Publication publication;
    final Likeness likeness;
    final long since = System.nanoTime();

    /** The broker's words where it came back. */
    @Nullable String returned;

    Unconfirmed(Sending.Lane lane, Outgoing.Ready message) {
      this.lane = lane;
      publication = message.publication();
      likeness = message.likeness();
    }
  }

  /** On the publisher's thread. */
  interface Listener {
    /** Of one message. */
    void answered(Unconfirmed message, SendResult result);

    /** Of all that are {@link #abandon() abandoned} then; the signal is null where it was ours. */
    void ended(ConfirmChannel channel, @Nullable ShutdownSignalException signal, String why);
  }

  private ConfirmChannel(Channel channel, Consumer<Runnable> inbox, Listener listener) {
    this.channel = channel;
    this.inbox = inbox;
    this.listener = listener;
  }

  /**
   * Waits for the broker.
   *
   * @param inbox hands work to the publisher's thread
   */
  static ConfirmChannel open(
      Connection connection, String name, Consumer<Runnable> inbox, Listener listener)
      throws IOException {
    Channel channel = Channels.open(connection);
    ConfirmChannel made = new ConfirmChannel(channel, inbox, listener);
    channel.addReturnListener(back -> inbox.accept(() -> made.returned(back)));
    channel.addConfirmListener(
        (tag, multiple) -> inbox.accept(() -> made.confirmed(tag, multiple, true)),
        (tag, multiple) -> inbox.accept(() -> made.confirmed(tag, multiple, false)));
    boolean good = false;
    try {
      channel.confirmSelect();
      good = true;
    } finally {
      if (!good) Channels.abort(channel);
    }
    channel.addShutdownListener(
        signal -> inbox.accept(() -> made.end(signal, RabbitErrors.reason(signal))));
    var unused = Background.call("publish-" + name, made::write);
    return made;
  }

  /** On its own thread, until the end. */
  private int write() throws InterruptedException {
    int written = 0;
    Optional<Unconfirmed> next = toWrite.take();
    while (next.isPresent()) {
      Unconfirmed one = next.get();
      Publication p = one.publication;
      try {
        channel.basicPublish(p.exchange(), p.routingKey(), true, p.properties(), p.body());
        written++;
      } catch (AlreadyClosedException e) { // says why, and may be sooner than the listener
        inbox.accept(() -> end(e, RabbitErrors.reason(e)));
        return written;
      } catch (IOException e) {
        inbox.accept(() -> end(null, "a message could not be written: " + e.getMessage()));
        return written;
      } catch (RuntimeException e) {
        inbox.accept(() -> unwritable(one, e));
        return written;
      }
      next = toWrite.take();
    }
    return written;
  }

  /** Whether one that a return could not be told from has to be answered first. */
  boolean isLikeOneUnderWay(Outgoing.Ready message) {
    return underWay.containsKey(message.likeness());
  }

  void publish(Sending.Lane lane, Outgoing.Ready message) {
    Unconfirmed one = new Unconfirmed(lane, message);
    unconfirmed.put(++lastNumber, one);
    underWay.put(one.likeness, one);
    unconfirmedBytes += one.publication.size();
    toWrite.add(Optional.of(one));
  }

  private void forget(Unconfirmed one) {
    underWay.remove(one.likeness, one);
    unconfirmedBytes -= one.publication.size();
  }

  int count() {
    return unconfirmed.size();
  }

  long bytes() {
    return unconfirmedBytes;
  }

  int frameMax() {
    return channel.getConnection().getFrameMax();
  }

  private void returned(Return back) {
    lastHeard = System.nanoTime();
    Unconfirmed one = underWay.get(Likeness.of(back));
    if (one != null) one.returned = back.getReplyCode() + " " + back.getReplyText();
  }

  private void confirmed(long number, boolean multiple, boolean stored) {
    lastHeard = System.nanoTime();
    NavigableMap<Long, Unconfirmed> answered =
        multiple
            ? unconfirmed.headMap(number, true)
            : unconfirmed.subMap(number, true, number, true);
    List<Unconfirmed> all = new ArrayList<>(answered.values());
    answered.clear();
    for (Unconfirmed each : all) {
      forget(each);
      listener.answered(each, PublishOutcome.of(each, stored));
    }
  }

  /**
   * Those that have waited for longer; they are not waited for any more. The broker may still store
   * them: they come again under the same id, after these in the broker's eyes.
   */
  List<Unconfirmed> overdue(long nanos) {
    long now = System.nanoTime();
    List<Unconfirmed> late = new ArrayList<>();
    Iterator<Unconfirmed> oldest = unconfirmed.values().iterator();
    while (oldest.hasNext()) {
      Unconfirmed each = oldest.next();
      if (now - each.since < nanos) break;
      oldest.remove();
      forget(each);
      late.add(each);
    }
    return late;
  }

  /** Whether the broker has said nothing at all on this channel since then. */
  boolean isSilentSince(long nanoTime) {
    return lastHeard - nanoTime < 0;
  }

  /** The client refused one, and has counted it all the same: no number fits from here on. */
  private void unwritable(Unconfirmed refused, RuntimeException e) {
    if (unconfirmed.values().remove(refused)) {
      forget(refused);
      String why = "RabbitMQ's client can't write it: " + e.getMessage();
      listener.answered(refused, SendResult.rejected(why));
    }
    end(null, "a message could not be written");
  }

  /** Once; ends what is not ended. */
  void end(@Nullable ShutdownSignalException signal, String why) {
    if (ended) return;
    ended = true;
    toWrite.add(Optional.empty());
    if (channel.isOpen()) {
      var unused =
          Background.call(
              "close-channel",
              () -> {
                channel.abort();
                return channel;
              });
    }
    listener.ended(this, signal, why);
  }

  boolean isEnded() {
    return ended;
  }

  /** Of one that nobody will use; from any thread. */
  void discard() {
    toWrite.add(Optional.empty());
  }

  /** What is left without an answer. */
  List<Unconfirmed> abandon() {
    List<Unconfirmed> all = List.copyOf(unconfirmed.values());
    unconfirmed.clear();
    underWay.clear();
    unconfirmedBytes = 0;
    return all;
  }
}
