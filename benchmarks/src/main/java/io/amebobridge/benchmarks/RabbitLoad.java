package io.amebobridge.benchmarks;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;

/**
 * An exchange {@code bench} with a durable queue {@code bench}, and who publishes to it: messages
 * that are kept on disk, each with a message-id. Not thread-safe.
 */
final class RabbitLoad implements AutoCloseable {
  static final String NAME = "bench";
  private static final String ROUTING_KEY = "made";
  private static final int CONFIRMED_AT_ONCE = 1000;
  private static final int ACKED_AT_ONCE = 500;
  private static final long LIMIT_MILLIS = 60_000;

  private final Connection connection;
  private final Channel channel;
  private long published;

  RabbitLoad(String uri) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(uri);
    connection = factory.newConnection("benchmark");
    channel = connection.createChannel();
    channel.exchangeDeclare(NAME, "topic", true);
    channel.queueDeclare(NAME, true, false, false, Map.of());
    channel.queueBind(NAME, NAME, ROUTING_KEY);
    channel.confirmSelect();
  }

  private void publish(String body) throws IOException {
    BasicProperties properties =
        new BasicProperties.Builder()
            .contentType("application/json")
            .deliveryMode(2)
            .messageId("m" + ++published)
            .build();
    channel.basicPublish(NAME, ROUTING_KEY, properties, body.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns messages per second; the broker has confirmed them all. */
  double fill(int count, String body) throws IOException, InterruptedException, TimeoutException {
    long began = System.nanoTime();
    for (int n = 1; n <= count; n++) {
      publish(body);
      if (n % CONFIRMED_AT_ONCE == 0 || n == count) channel.waitForConfirmsOrDie(LIMIT_MILLIS);
    }
    return count / ((System.nanoTime() - began) / 1e9);
  }

  /** Takes so many from the queue and does nothing with them; messages per second. */
  double drain(int count) throws IOException, InterruptedException {
    CountDownLatch done = new CountDownLatch(count);
    long began = System.nanoTime();
    Channel own = connection.createChannel();
    own.basicQos(2 * ACKED_AT_ONCE);
    own.basicConsume(
        NAME,
        false,
        new DefaultConsumer(own) {
          @Override
          public void handleDelivery(
              String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
              throws IOException {
            long n = envelope.getDeliveryTag();
            if (n % ACKED_AT_ONCE == 0 || n == count) own.basicAck(n, true);
            done.countDown();
          }
        });
    if (!done.await(LIMIT_MILLIS, TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(done.getCount() + " of " + count + " did not come");
    }
    own.abort();
    return count / ((System.nanoTime() - began) / 1e9);
  }

  /**
   * Publishes at a fixed rate, whatever becomes of it; how many.
   *
   * @param body is given when it was due, in System.nanoTime
   */
  long openLoop(Duration time, int perSecond, LongFunction<String> body)
      throws IOException, InterruptedException {
    long gap = TimeUnit.SECONDS.toNanos(1) / perSecond;
    long due = System.nanoTime() + gap;
    long end = due + time.toNanos();
    long count = 0;
    for (; due < end; due += gap) {
      long left = due - System.nanoTime();
      if (left > 0) TimeUnit.NANOSECONDS.sleep(left);
      publish(body.apply(due));
      count++;
    }
    return count;
  }

  @Override
  public void close() {
    connection.abort(1_000);
  }
}
