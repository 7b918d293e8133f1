package io.amebobridge.benchmarks;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import io.amebobridge.brokers.RabbitProcess;
import io.amebobridge.brokers.RabbitVirtualHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An exchange {@code bench} with a durable queue {@code bench}, and who publishes to it: messages
 * that are kept on disk, each with a message-id. Not thread-safe.
 */
final class RabbitFeed implements Feed {
  static final String NAME = "bench";
  private static final String ROUTING_KEY = "made";
  private static final int CONFIRMED_AT_ONCE = 1000;
  private static final int ACKED_AT_ONCE = 500;
  private static final long LIMIT_MILLIS = 60_000;

  private final RabbitVirtualHost host;
  private final Connection connection;
  private final Channel channel;
  private long published;

  /** In a virtual host of its own. */
  RabbitFeed(RabbitProcess node) throws Exception {
    host = node.newVirtualHost();
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(host.uri());
    connection = factory.newConnection("benchmark");
    channel = connection.createChannel();
    channel.exchangeDeclare(NAME, "topic", true);
    channel.queueDeclare(NAME, true, false, false, Map.of());
    channel.queueBind(NAME, NAME, ROUTING_KEY);
    channel.confirmSelect();
  }

  @Override
  public void publish(String body) throws IOException {
    BasicProperties properties =
        new BasicProperties.Builder()
            .contentType("application/json")
            .deliveryMode(2)
            .messageId("m" + ++published)
            .build();
    channel.basicPublish(NAME, ROUTING_KEY, properties, body.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public double fill(int count, String body)
      throws IOException, InterruptedException, TimeoutException {
    long began = System.nanoTime();
    for (int n = 1; n <= count; n++) {
      publish(body);
      if (n % CONFIRMED_AT_ONCE == 0 || n == count) channel.waitForConfirmsOrDie(LIMIT_MILLIS);
    }
    return count / ((System.nanoTime() - began) / 1e9);
  }

  @Override
  public double drain(int count) throws IOException, InterruptedException {
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

  @Override
  public String source() {
    return "{rabbitmq: {uri: \"%s\"}, queue: %s, read: takeover}".formatted(host.uri(), NAME);
  }

  @Override
  public String action() {
    return "{{ $exchange }}.{{ $routingKey }}";
  }

  @Override
  public List<String> loop() {
    return List.of(RabbitLoop.class.getName(), host.uri(), NAME);
  }

  @Override
  public void close() throws IOException {
    connection.abort(1_000);
    try {
      host.delete();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
