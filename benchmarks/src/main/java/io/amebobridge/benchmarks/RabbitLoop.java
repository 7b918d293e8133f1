package io.amebobridge.benchmarks;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.net.URI;

/**
 * The baseline for RabbitMQ: the bridge that the migration guide writes. It takes a message, posts
 * it to Amebo, acknowledges it, and takes the next one. Run as a process: its arguments are the
 * broker's URI, the queue, Amebo's URL and a token.
 */
final class RabbitLoop extends DefaultConsumer {
  private static final int PREFETCH = 100;
  private final PostEvent amebo;

  private RabbitLoop(Channel channel, PostEvent amebo) {
    super(channel);
    this.amebo = amebo;
  }

  /** Runs until it is killed. */
  public static void main(String[] arguments) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(arguments[0]);
    Connection connection = factory.newConnection();
    Channel channel = connection.createChannel();
    channel.basicQos(PREFETCH); // so that the next message is here when the last is done
    PostEvent amebo = new PostEvent(URI.create(arguments[2]), arguments[3]);
    channel.basicConsume(arguments[1], false, new RabbitLoop(channel, amebo));
    Thread.currentThread().join();
  }

  @Override
  public void handleDelivery(
      String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
      throws IOException {
    try {
      String action = envelope.getExchange() + "." + envelope.getRoutingKey();
      amebo.publish(action, properties.getMessageId(), body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    getChannel().basicAck(envelope.getDeliveryTag(), false);
  }
}
