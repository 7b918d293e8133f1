package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;

/** An application that declares queues and publishes durably. */
final class Producer implements AutoCloseable {
  private final Connection connection;
  private final Channel channel;

  Producer(String uri) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(uri);
    factory.setAutomaticRecoveryEnabled(false);
    connection = factory.newConnection();
    channel = connection.createChannel();
    channel.confirmSelect();
  }

  /**
   * A node that has just been started may not have its queues yet: what is published to a stream
   * then is confirmed, and routed nowhere.
   */
  static void awaitQueues(String uri, List<String> queues) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptions()
        .until(
            () -> {
              try (Producer look = new Producer(uri)) {
                for (String queue : queues) look.channel.queueDeclarePassive(queue);
                return true;
              }
            });
  }

  Channel channel() {
    return channel;
  }

  /**
   * Durable.
   *
   * @param type classic, quorum or stream
   */
  Producer declare(String queue, String type) throws Exception {
    return declare(queue, type, Map.of());
  }

  Producer declare(String queue, String type, Map<String, Object> more) throws Exception {
    Map<String, Object> arguments = new LinkedHashMap<>(more);
    arguments.put("x-queue-type", type);
    channel.queueDeclare(queue, true, false, false, arguments);
    return this;
  }

  /** To a queue by the default exchange, each with a message-id; on return the broker has them. */
  Producer publish(String queue, String... bodies) throws Exception {
    for (String body : bodies) {
      publish("", queue, identified().build(), body.getBytes(StandardCharsets.UTF_8));
    }
    return this;
  }

  /** {@code m0}, {@code m1}, … in few writes of the broker; on return it has them. */
  Producer publishAtOnce(String queue, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      byte[] body = ("m" + i).getBytes(StandardCharsets.UTF_8);
      channel.basicPublish("", queue, identified().build(), body);
    }
    channel.waitForConfirmsOrDie(20_000);
    return this;
  }

  static BasicProperties.Builder identified() {
    return new BasicProperties.Builder().deliveryMode(2).messageId(UUID.randomUUID().toString());
  }

  void publish(String exchange, String routingKey, BasicProperties properties, byte[] body)
      throws Exception {
    channel.basicPublish(exchange, routingKey, properties, body);
    channel.waitForConfirmsOrDie(10_000);
  }

  @Override
  public void close() {
    connection.abort(1_000);
  }
}
