package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
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

  private final Connection connection;
  private final String queue;
  private final long patienceMillis;

  StreamProbe(Connection connection, RabbitSettings settings, String queue) {
    this.connection = connection;
    this.queue = queue;
    patienceMillis = settings.connectTimeout().toMillis();
  }

  /** A message that was found. */
  record Found(Envelope envelope, BasicProperties properties, byte[] body, StreamMessage message) {}

  /** The oldest message; empty: the stream has none. */
  Optional<StreamMessage> first() throws IOException, InterruptedException {
    return firstOf(read("first", 1));
  }

  /** The newest message; empty: the stream has none. */
  Optional<StreamMessage> last() throws IOException, InterruptedException {
    List<Found> chunk = read("last", 1); // all of the last chunk, whatever is asked for
    return chunk.isEmpty() ? Optional.empty() : Optional.of(chunk.get(chunk.size() - 1).message());
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
   * The messages that are there now, from a place on: so many, where there are, and the rest of a
   * chunk, since the broker sends those whole whatever the prefetch. Nobody says that there is
   * none: it is so where none has come in time, and the broker counts none.
   */
  List<Found> read(Object from, int most) throws IOException, InterruptedException {
    Channel channel = Consuming.channel(connection);
    try {
      channel.basicQos(most);
      Collector collector = new Collector(channel);
      String tag =
          channel.basicConsume(queue, false, Map.of(StreamConsuming.FROM, from), collector);
      if (!collector.awaitFirst(NOTHING_MILLIS) && channel.messageCount(queue) > 0) {
        collector.awaitFirst(patienceMillis);
      }
      collector.awaitMore(most);
      // answered after all of the chunk that was being sent
      channel.basicCancel(tag);
      return collector.end.get(patienceMillis, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException("queue " + queue + ": " + e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("queue " + queue + " did not answer in " + patienceMillis + " ms", e);
    } finally {
      if (channel.isOpen()) channel.abort();
    }
  }

  /** Its {@code handle…} methods run on the client's threads, the others on the caller's. */
  private static final class Collector extends DefaultConsumer {
    final CompletableFuture<List<Found>> end = new CompletableFuture<>();
    private final List<Found> found = new ArrayList<>();
    private final Semaphore arrived = new Semaphore(0);

    Collector(Channel channel) {
      super(channel);
    }

    /** Whether one has come in time. */
    boolean awaitFirst(long millis) throws InterruptedException {
      if (!arrived.tryAcquire(millis, TimeUnit.MILLISECONDS)) return false;
      arrived.release();
      return true;
    }

    /** Waits for so many in all, as long as they keep coming. */
    void awaitMore(int most) throws InterruptedException {
      if (arrived.availablePermits() == 0) return;
      for (int i = 0; i < most; i++) {
        if (!arrived.tryAcquire(MORE_MILLIS, TimeUnit.MILLISECONDS)) return;
      }
    }

    @Override
    public void handleDelivery(String tag, Envelope envelope, BasicProperties p, byte[] body) {
      try {
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
