package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.Map;

/** Looks at a queue and starts to consume it; nothing is declared but the consumer. */
final class Consuming {
  private Consuming() {}

  /**
   * A queue as the broker has it.
   *
   * @param isClassic false for a quorum queue, or where the broker does not say
   */
  record Found(boolean isClassic, int messages, int consumers) {}

  /** That a queue is a stream: read like another, it would begin at its end and skip the rest. */
  static final class IsStream extends IOException {
    private static final long serialVersionUID = 1L;

    IsStream(Throwable cause) {
      super("is a stream", cause);
    }
  }

  /**
   * Waits for the broker. Asked before anything is consumed, since whatever is delivered in vain
   * counts as an attempt: some queues drop a message after so many.
   */
  static Found look(Connection connection, String queue) throws IOException {
    Channel channel = channel(connection);
    try {
      AMQP.Queue.DeclareOk found = channel.queueDeclarePassive(queue);
      boolean isClassic = knowsStreams(connection) && isClassic(channel, queue);
      return new Found(isClassic, found.getMessageCount(), found.getConsumerCount());
    } finally {
      if (channel.isOpen()) channel.abort();
    }
  }

  /**
   * AMQP does not tell a queue's type, but a refusal does: a stream wants a prefetch, the others
   * refuse the argument, and none of them starts a consumer.
   */
  private static boolean isClassic(Channel channel, String queue) throws IOException {
    try {
      Map<String, Object> arguments = Map.of("x-stream-offset", "first");
      channel.basicConsume(queue, false, arguments, new DefaultConsumer(channel));
      return false;
    } catch (IOException e) {
      String said =
          e.getCause() instanceof ShutdownSignalException signal ? RabbitErrors.reason(signal) : "";
      if (said.contains("prefetch count is not set")) throw new IsStream(e);
      if (said.contains("x-stream-offset")) return said.contains("rabbit_classic_queue");
      throw e;
    }
  }

  /** Since 3.9; before that a broker has none, and would not refuse the argument. */
  private static boolean knowsStreams(Connection connection) {
    String[] version =
        String.valueOf(connection.getServerProperties().get("version")).split("\\.", -1);
    try {
      int major = Integer.parseInt(version[0]);
      return major > 3 || (major == 3 && Integer.parseInt(version[1]) >= 9);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException notRabbit) {
      return false;
    }
  }

  private static Channel channel(Connection connection) throws IOException {
    Channel channel = connection.createChannel();
    if (channel == null) throw new IOException("the connection has no channel left");
    return channel;
  }

  /** Waits for the broker. */
  static Consumption start(
      Connection connection, RabbitSettings settings, String queue, HandOver handOver)
      throws IOException {
    ShadowSettings shadow = settings.shadow();
    if (shadow != null) DeclareShadow.ensure(connection, settings, shadow);
    Found found = look(connection, settings.consumed(queue));
    Channel channel = channel(connection);
    Consumption consumption = new Consumption(queue, channel, handOver);
    boolean started = false;
    try {
      channel.basicQos(settings.prefetch(), false);
      consume(channel, settings, settings.consumed(queue), found, consumption);
      started = true;
      return consumption;
    } finally {
      // an answer that did not come in time may still come: nobody would settle what it brings
      if (!started && channel.isOpen()) channel.abort();
    }
  }

  /** What the broker's own tools show. */
  static String tag(RabbitSettings settings) {
    return "amebo-bridge." + settings.name();
  }

  private static void consume(
      Channel channel, RabbitSettings settings, String queue, Found found, Consumption consumption)
      throws IOException {
    // else a mirror that takes over would deliver again on the same channel
    Map<String, Object> arguments =
        found.isClassic() ? Map.of("x-cancel-on-ha-failover", true) : Map.of();
    channel.basicConsume(queue, false, tag(settings), false, false, arguments, consumption);
  }
}
