package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks into a stream, on a channel of its own; takes nothing away. Waits for the broker. Stateless
 * but for its connection.
 */
final class StreamProbe {
  /** After so long without a message there is none, unless the broker counts some. */
  private static final long NOTHING_MILLIS = 1_000;

  /** Between two messages of a stream that has more. */
  private static final long MORE_MILLIS = 200;

  /** A stream that never rests is not read on for ever. */
  private static final long ENOUGH_MILLIS = 2_000;

  /** The largest prefetch. */
  private static final int WHOLE_CHUNK = 65_535;

  private final Connection connection;
  private final String queue;
  private final long patienceMillis;

  StreamProbe(Connection connection, RabbitSettings settings, String queue) {
    this.connection = connection;
    this.queue = queue;
    patienceMillis = settings.link().connectTimeout().toMillis();
  }

  /** A message that was found. */
  record Found(Envelope envelope, BasicProperties properties, byte[] body, StreamMessage message) {}

  /** The oldest message; empty: the stream has none. */
  Optional<StreamMessage> first() throws IOException, InterruptedException {
    return firstOf(read("first", 1));
  }

  /** The newest message, or one that came while it was looked for; empty: the stream has none. */
  Optional<StreamMessage> last() throws IOException, InterruptedException {
    return firstOf(read("last", WHOLE_CHUNK, true)); // it begins at the last chunk's first message
  }

  /** The first that is there of this offset and those after it. */
  Optional<StreamMessage> at(long offset) throws IOException, InterruptedException {
    return firstOf(read(offset, 1));
  }

  /** The first of the first chunk that is not older. AMQP's times are in seconds. */
  Optional<StreamMessage> at(Instant time) throws IOException, InterruptedException {
    return firstOf(read(Date.from(time), 1));
  }

  private static Optional<StreamMessage> firstOf(List<Found> found) {
    return found.isEmpty() ? Optional.empty() : Optional.of(found.get(0).message());
  }

  /**
   * The messages that are there now, from a place on: so many, where there are, and perhaps the
   * rest of a chunk, which RabbitMQ 3 sends whole whatever the prefetch. Nobody says that there is
   * none: it is so where none has come in time, and the broker counts none, or the place may be
   * beyond the end.
   */
  List<Found> read(Object from, int most) throws IOException, InterruptedException {
    return read(from, most, false);
  }

  private List<Found> read(Object from, int most, boolean onlyNewest)
      throws IOException, InterruptedException {
    Channel channel = Channels.open(connection);
    try {
      channel.basicQos(most);
      Collector collector = new Collector(channel, onlyNewest);
      String tag =
          channel.basicConsume(queue, false, Map.of(StreamConsuming.FROM, from), collector);
      if (!collector.awaitFirst(NOTHING_MILLIS)) {
        long counted = channel.messageCount(queue);
        boolean comes = counted > 0 && collector.awaitFirst(patienceMillis);
        if (counted > 0 && !comes && from instanceof String) {
          String what =
              "stream %s: RabbitMQ counts %d messages and gives none within %d ms; compressed"
                  + " batches of its stream protocol can't be read";
          throw new IOException(what.formatted(queue, counted, patienceMillis));
        }
      }
      collector.awaitMore(most);
      // answered after all of the chunk that was being sent
      channel.basicCancel(tag);
      return collector.end.get(patienceMillis, TimeUnit.MILLISECONDS);
    } catch (AlreadyClosedException e) {
      throw new IOException("queue " + queue + ": " + RabbitErrors.reason(e), e);
    } catch (ExecutionException e) {
      throw new IOException("queue " + queue + ": " + e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("queue " + queue + " did not answer in " + patienceMillis + " ms", e);
    } finally {
      Channels.abort(channel);
    }
  }

  /** Its {@code handle…} methods run on the client's threads, the others on the caller's. */
  private static final class Collector extends DefaultConsumer {
    final CompletableFuture<List<Found>> end = new CompletableFuture<>();
    private final List<Found> found = new ArrayList<>();
    private final boolean onlyNewest;
    private final Semaphore arrived = new Semaphore(0);

    Collector(Channel channel, boolean onlyNewest) {
      super(channel);
      this.onlyNewest = onlyNewest;
    }

    /** Whether one has come in time. */
    boolean awaitFirst(long millis) throws InterruptedException {
      if (!arrived.tryAcquire(millis, TimeUnit.MILLISECONDS)) return false;
      arrived.release();
      return true;
    }

    /** Waits for so many in all, as long as they keep coming, but not for ever. */
    void awaitMore(int most) throws InterruptedException {
      if (arrived.availablePermits() == 0) return;
      long enough = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ENOUGH_MILLIS);
      for (int i = 0; i < most && System.nanoTime() < enough; i++) {
        if (!arrived.tryAcquire(MORE_MILLIS, TimeUnit.MILLISECONDS)) return;
      }
    }

    @Override
    public void handleDelivery(String tag, Envelope envelope, BasicProperties p, byte[] body) {
      try {
        if (onlyNewest) found.clear();
        found.add(new Found(envelope, p, body, StreamMessage.of(envelope, p, body)));
      } catch (IOException e) {
        end.completeExceptionally(e);
      }
      arrived.release();
    }

    @Override
    public void handleCancelOk(String tag) {
      end.complete(found);
    }

    @Override
    public void handleCancel(String tag) {
      end.completeExceptionally(new IOException("the broker cancelled the consumer"));
      arrived.release();
    }

    @Override
    public void handleShutdownSignal(String tag, ShutdownSignalException signal) {
      end.completeExceptionally(signal);
      arrived.release();
    }
  }
}
