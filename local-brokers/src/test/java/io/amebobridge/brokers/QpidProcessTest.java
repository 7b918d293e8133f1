package io.amebobridge.brokers;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the demo needs of it. */
class QpidProcessTest {
  private static final int COUNT = 100;
  private static final int PREFETCH = 20;
  private static final int ACKED = 40;

  @Test
  void whatWasNotAcknowledgedIsBackInItsPlace(@TempDir Path dir) throws Exception {
    try (QpidProcess broker = QpidProcess.in(dir, System.getProperty("java.class.path"))) {
      broker.start();
      ConnectionFactory factory = new ConnectionFactory();
      factory.setUri(broker.uri());
      factory.setAutomaticRecoveryEnabled(false);
      try (Connection connection = factory.newConnection()) {
        publish(connection.createChannel());
      }
      Connection first = factory.newConnection();
      assertThat(consume(first.createChannel(), ACKED)).isEqualTo(numbers(0, ACKED));
      first.abort(0);
      try (Connection second = factory.newConnection()) {
        Channel channel = second.createChannel();
        assertThat(consume(channel, COUNT - ACKED)).isEqualTo(numbers(ACKED, COUNT));
        channel.close();
        assertThat(second.createChannel().queueDeclarePassive("orders").getMessageCount()).isZero();
      }
    }
  }

  private static void publish(Channel channel) throws Exception {
    channel.exchangeDeclare("order", "topic", true);
    channel.queueDeclare("orders", true, false, false, Map.of());
    channel.queueBind("orders", "order", "placed");
    channel.confirmSelect();
    for (int n = 0; n < COUNT; n++) {
      AMQP.BasicProperties properties =
          new AMQP.BasicProperties.Builder().deliveryMode(2).messageId("m" + n).build();
      byte[] body = String.valueOf(n).getBytes(StandardCharsets.UTF_8);
      channel.basicPublish("order", "placed", properties, body);
    }
    assertThat(channel.waitForConfirms(10_000)).isTrue();
  }

  /** Takes so many and acknowledges them, one by one; the prefetch beyond is left. */
  private static List<Integer> consume(Channel channel, int count) throws Exception {
    BlockingQueue<Integer> arrived = new LinkedBlockingQueue<>();
    channel.basicQos(PREFETCH);
    channel.basicConsume(
        "orders",
        false,
        new DefaultConsumer(channel) {
          private int acked;

          @Override
          public void handleDelivery(
              String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
              throws java.io.IOException {
            assertThat(properties.getMessageId()).startsWith("m");
            if (acked++ < count) channel.basicAck(envelope.getDeliveryTag(), false);
            arrived.add(Integer.valueOf(new String(body, StandardCharsets.UTF_8)));
          }
        });
    List<Integer> taken = new ArrayList<>();
    while (taken.size() < count) {
      Integer next = arrived.poll(10, TimeUnit.SECONDS);
      assertThat(next).as("after %s", taken).isNotNull();
      taken.add(next);
    }
    return taken;
  }

  private static List<Integer> numbers(int from, int to) {
    List<Integer> numbers = new ArrayList<>();
    for (int n = from; n < to; n++) numbers.add(n);
    return numbers;
  }
}
