package io.amebobridge.cli.demo;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A producer as it should be: what the broker has not confirmed is sent again, under the same
 * message-id, on a new connection.
 */
final class OrderProducer implements Example.Producer {
  private static final int CHUNK = 500;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long CONFIRM_MILLIS = 20_000;

  private final String uri;
  private final OrderMessages messages;
  private final AtomicLong acknowledged;
  private final BitSet sentAgain = new BitSet();
  private @Nullable Connection connection;
  private @Nullable Channel channel;

  OrderProducer(String uri, OrderMessages messages, AtomicLong acknowledged) {
    this.uri = uri;
    this.messages = messages;
    this.acknowledged = acknowledged;
  }

  @Override
  public void send(int from, int to) throws InterruptedException {
    for (int next = from; next < to; next += CHUNK) {
      int end = Math.min(next + CHUNK, to);
      sendUntilConfirmed(next, end);
      acknowledged.addAndGet(end - next);
    }
  }

  private void sendUntilConfirmed(int from, int to) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    boolean tried = false;
    while (true) {
      try {
        Channel open = channel();
        if (tried) sentAgain.set(from, to);
        tried = true;
        for (int n = from; n < to; n++) messages.publish(open, n);
        if (open.waitForConfirms(CONFIRM_MILLIS)) return;
        throw new IOException("the broker refused a message of " + messages.place());
      } catch (IOException | TimeoutException | ShutdownSignalException e) {
        disconnect();
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("could not produce: " + e.getMessage(), e);
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  private Channel channel() throws IOException {
    if (channel != null && channel.isOpen()) return channel;
    disconnect();
    Connection made = Amqp.connect(uri);
    connection = made;
    Channel opened = made.createChannel();
    opened.confirmSelect();
    channel = opened;
    return opened;
  }

  private void disconnect() {
    Connection old = connection;
    connection = null;
    channel = null;
    if (old != null) old.abort(1_000);
  }

  @Override
  public BitSet sentAgain() {
    return (BitSet) sentAgain.clone();
  }

  @Override
  public void close() {
    disconnect();
  }
}
