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
   * @param messages ready; of a stream what the broker says, if it says anything
   */
  record Found(Type type, int messages, int consumers) {
    boolean isStream() {
      return type == Type.STREAM;
    }
  }

  /** A queue's type, as far as it matters here. */
  enum Type {
    CLASSIC,
    STREAM,
    /** A quorum queue, or the broker does not say. */
    OTHER
  }

  /**
   * That a queue has become a stream, or a stream another queue: one read like the other would skip
   * messages, or read them for ever.
   */
  static final class OtherType extends IOException {
    private static final long serialVersionUID = 1L;

    OtherType(boolean isStream) {
      super(isStream ? "has become a stream" : "is no stream any more");
    }
  }

  /**
   * Waits for the broker. Asked before anything is consumed, since whatever is delivered in vain
   * counts as an attempt: some queues drop a message after so many.
   */
  static Found look(Connection connection, String queue) throws IOException {
    Channel channel = Channels.open(connection);
    try {
      AMQP.Queue.DeclareOk found = channel.queueDeclarePassive(queue);
      Type type = knowsStreams(connection) ? type(channel, queue) : Type.OTHER;
      return new Found(type, found.getMessageCount(), found.getConsumerCount());
    } finally {
      Channels.abort(channel);
    }
  }

  /**
   * AMQP does not tell a queue's type, but a refusal does: a stream wants a prefetch, the others
   * refuse the argument, and none of them starts a consumer.
   */
  private static Type type(Channel channel, String queue) throws IOException {
    try {
      Map<String, Object> arguments = Map.of("x-stream-offset", "first");
      channel.basicConsume(queue, false, arguments, new DefaultConsumer(channel));
      return Type.OTHER;
    } catch (IOException e) {
      String said =
          e.getCause() instanceof ShutdownSignalException signal ? RabbitErrors.reason(signal) : "";
      if (said.contains("prefetch count is not set")) return Type.STREAM;
      if (!said.contains("x-stream-offset")) throw e;
      return said.contains("rabbit_classic_queue") ? Type.CLASSIC : Type.OTHER;
    }
  }

  /** Since 3.9; before that, and elsewhere, there are none, and the argument is not refused. */
  private static boolean knowsStreams(Connection connection) {
    Map<String, Object> server = connection.getServerProperties();
    if (!"RabbitMQ".equals(String.valueOf(server.get("product")))) return false;
    String[] version = String.valueOf(server.get("version")).split("\\.", -1);
    try {
      int major = Integer.parseInt(version[0]);
      return major > 3 || (major == 3 && Integer.parseInt(version[1]) >= 9);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException notRabbit) {
      return false;
    }
  }

  /** Waits for the broker. */
  static Consumption start(
      Connection connection, RabbitSettings settings, String queue, HandOver handOver)
      throws IOException {
    ShadowSettings shadow = settings.shadow();
    if (shadow != null) DeclareShadow.ensure(connection, settings, shadow);
    Found found = look(connection, settings.consumed(queue));
    if (found.isStream()) throw new OtherType(true);
    Channel channel = Channels.open(connection);
    Consumption consumption = new Consumption(queue, channel, handOver);
    boolean started = false;
    try {
      channel.basicQos(settings.prefetch(), false);
      consume(channel, settings, settings.consumed(queue), found, consumption);
      started = true;
      return consumption;
    } finally {
      // an answer that did not come in time may still come: nobody would settle what it brings
      if (!started) Channels.abort(channel);
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
        found.type() == Type.CLASSIC ? Map.of("x-cancel-on-ha-failover", true) : Map.of();
    channel.basicConsume(queue, false, tag(settings), false, false, arguments, consumption);
  }
}
