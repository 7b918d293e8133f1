package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Connection;
import io.amebobridge.core.Delivery;
import io.amebobridge.core.LaneStatus;
import io.amebobridge.core.MessageSource;
import io.amebobridge.core.SourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes queues, of their own application or the bridge's own beside one; a channel for each.
 * Confined to the pump's thread, except {@link #wakeup()}. What is settled is acknowledged at once,
 * or within 100 ms where an earlier message of the queue is not settled.
 */
final class RabbitSource implements MessageSource {
  private static final Logger LOG = LoggerFactory.getLogger(RabbitSource.class);
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long CLOSE_MILLIS = 5_000;

  private final RabbitSettings settings;
  private final HandOver handOver;
  private final Link link;
  private final List<QueueReader> readers;
  private final Streams streams;
  private final Incoming incoming;
  private final @Nullable ShadowQueue shadow;
  private @Nullable SourceException stopped;
  private boolean open;

  RabbitSource(RabbitSettings settings) {
    this.settings = settings;
    // one more each: what a channel was handing over when it ended
    handOver = new HandOver((settings.prefetch() + 1) * settings.queues().size());
    link = new Link(settings, handOver);
    readers = settings.queues().stream().map(q -> new QueueReader(settings, q, handOver)).toList();
    streams = new Streams(settings);
    incoming = new Incoming(settings);
    ShadowSettings own = settings.shadow();
    shadow = own == null ? null : new ShadowQueue(settings, own);
  }

  @Override
  public void open() throws SourceException, InterruptedException {
    if (open) throw new IllegalStateException("open already");
    try {
      Connection connection = link.open();
      if (shadow != null) shadow.open(connection);
      for (QueueReader reader : readers) reader.check(connection);
      streams.open(connection, readers);
      for (QueueReader reader : readers) reader.open(connection);
      streams.begin();
      open = true;
    } finally {
      if (!open) {
        streams.abandon();
        link.abort();
      }
    }
  }

  @Override
  public List<Delivery> poll(int max, Duration maxWait)
      throws SourceException, InterruptedException {
    requireOpen();
    long deadline = System.nanoTime() + maxWait.toNanos();
    boolean woken = false;
    while (true) {
      work();
      List<Delivery> out = handOut(max);
      long left = deadline - System.nanoTime();
      if (!out.isEmpty() || max == 0 || woken || left <= 0) return out;
      woken = handOver.await(Math.min(left, SLICE_NANOS));
    }
  }

  /** The periodic work that never waits for the broker. */
  private void work() throws SourceException {
    if (stopped != null) throw stopped;
    try {
      link.step();
      for (QueueReader reader : readers) {
        reader.step(link.get());
        Consumption now = reader.current();
        if (now != null) now.acknowledge(false);
      }
      streams.step();
      if (shadow != null) shadow.step(link.get());
    } catch (SourceException e) {
      stopped = e;
      throw e;
    }
  }

  private List<Delivery> handOut(int max) throws SourceException {
    if (max <= 0) return List.of();
    List<Delivery> out = new ArrayList<>();
    try {
      for (Arrival arrival : arrivals(max)) {
        Consumption from = arrival.consumption();
        if (from.end() != null) continue; // it comes again
        Receipt receipt = from.take(arrival);
        if (receipt == null) continue;
        out.add(new Delivery(incoming.message(arrival, receipt.at), receipt));
      }
    } catch (SourceException e) {
      stopped = e; // said by the next poll, if this one has something to give
      if (out.isEmpty()) throw e;
    }
    return out;
  }

  private List<Arrival> arrivals(int max) throws SourceException {
    List<Arrival> arrivals = new ArrayList<>();
    for (QueueReader reader : readers) {
      Consumption now = reader.current();
      if (now != null) arrivals.addAll(now.released(max - arrivals.size()));
    }
    for (Arrival arrival : handOver.take(max - arrivals.size())) {
      if (!arrival.consumption().holds(arrival)) arrivals.add(arrival);
    }
    return arrivals;
  }

  @Override
  public boolean owns(Delivery delivery) {
    return receiptOf(delivery).consumption.end() == null;
  }

  @Override
  public void settle(Collection<Delivery> finished) {
    for (Delivery delivery : finished) {
      Receipt receipt = receiptOf(delivery);
      if (receipt.consumption.end() == null) receipt.consumption.settle(receipt);
    }
    for (QueueReader reader : readers) {
      Consumption now = reader.current();
      if (now != null) now.acknowledge(false);
    }
  }

  private static Receipt receiptOf(Delivery delivery) {
    if (delivery.receipt() instanceof Receipt receipt) return receipt;
    throw new IllegalArgumentException("not a delivery of RabbitMQ: " + delivery.message());
  }

  @Override
  public void wakeup() {
    handOver.wake();
  }

  /** Streams have positions; of another queue RabbitMQ counts nothing that could be one. */
  @Override
  public List<LaneStatus> lanes() {
    if (!open) return List.of();
    if (shadow != null) {
      Consumption now = readers.get(0).current();
      return List.of(shadow.lane(now == null ? 0 : now.unsettled()));
    }
    return readers.stream().map(RabbitSource::lane).toList();
  }

  private static LaneStatus lane(QueueReader reader) {
    StreamCursor stream = reader.stream();
    long position = stream == null ? -1 : stream.expected();
    long settled = stream == null ? -1 : stream.position().next();
    long end = stream == null ? -1 : stream.end();
    Map<String, String> labels = Map.of("queue", reader.queue());
    return new LaneStatus(reader.queue(), position, settled, end, labels, null);
  }

  @Override
  public @Nullable String away() {
    if (link.away() != null) return link.away();
    for (QueueReader reader : readers) {
      String why = reader.away();
      if (why != null) return "queue " + settings.consumed(reader.queue()) + ": " + why;
    }
    return shadow == null ? streams.trouble() : shadow.away();
  }

  @Override
  public void close() {
    if (!open) return;
    open = false;
    boolean interrupted = Thread.interrupted();
    try {
      List<Consumption> all = new ArrayList<>();
      for (QueueReader reader : readers) {
        Consumption now = reader.current();
        if (now == null) continue;
        now.acknowledge(true);
        all.add(now);
      }
      streams.close();
      CompletableFuture<?> closed = Background.call("close-" + settings.name(), () -> close(all));
      closed.get(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("{}: closing: {}", settings.name(), e.toString());
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      link.abort();
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  /** A channel's end is answered after its acknowledgements were taken. */
  private static int close(List<Consumption> all) throws Exception {
    for (Consumption each : all) {
      if (each.channel().isOpen()) each.channel().close();
    }
    return all.size();
  }

  private void requireOpen() {
    if (!open) throw new IllegalStateException("not open: " + this);
  }

  @Override
  public String toString() {
    return settings.toString();
  }
}
