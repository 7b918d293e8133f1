package io.amebobridge.examples;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The analytics-service before it moves: it consumes its RabbitMQ queue, and acknowledges what is
 * done. The bridge of {@code rabbitmq/bridge.yaml} runs beside it, with a queue of its own, and it
 * notices nothing.
 */
public final class LegacyAnalytics implements AutoCloseable {
  public static final String EXCHANGE = "order";
  public static final String QUEUE = "analytics";
  public static final List<String> ROUTING_KEYS = List.of("placed", "completed");
  private final Connection connection;

  /** Declares what it needs, as it always did, and begins to work. */
  public LegacyAnalytics(String uri, Consumer<String> work) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(uri);
    connection = factory.newConnection("analytics-service");
    Channel channel = connection.createChannel();
    channel.exchangeDeclare(EXCHANGE, "topic", true);
    channel.queueDeclare(QUEUE, true, false, false, Map.of());
    for (String key : ROUTING_KEYS) channel.queueBind(QUEUE, EXCHANGE, key);
    channel.basicQos(100);
    channel.basicConsume(
        QUEUE,
        false,
        new DefaultConsumer(channel) {
          @Override
          public void handleDelivery(
              String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
              throws IOException {
            work.accept(new String(body, StandardCharsets.UTF_8));
            channel.basicAck(envelope.getDeliveryTag(), false);
          }
        });
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }

  /** Prints what it is given: {@code java ... LegacyAnalytics amqp://guest:guest@localhost}. */
  public static void main(String[] args) throws Exception {
    var unused = new LegacyAnalytics(args[0], System.out::println);
  }
}
