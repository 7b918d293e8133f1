package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** What a publisher hears of its messages: whether they are confirmed, and whether they return. */
final class PublishersView implements AutoCloseable {
  /** To be published, mandatory. */
  record Sent(String routingKey, Map<String, Object> headers, String body) {}

  private final Connection connection;
  private final Channel channel;
  private final Set<String> returned = ConcurrentHashMap.newKeySet();

  PublishersView(String uri) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(uri);
    factory.setAutomaticRecoveryEnabled(false);
    connection = factory.newConnection();
    channel = connection.createChannel();
    channel.confirmSelect();
    channel.addReturnListener(
        r -> returned.add(r.getReplyText() + r.getProperties().getMessageId()));
  }

  Channel channel() {
    return channel;
  }

  /** A line for each message. */
  List<String> publish(String exchange, List<Sent> messages) throws Exception {
    List<String> heard = new ArrayList<>();
    for (Sent m : messages) {
      String id = UUID.randomUUID().toString();
      BasicProperties properties =
          new BasicProperties.Builder().deliveryMode(2).messageId(id).headers(m.headers()).build();
      byte[] body = m.body().getBytes(StandardCharsets.UTF_8);
      channel.basicPublish(exchange, m.routingKey(), true, properties, body);
      boolean confirmed = channel.waitForConfirms(10_000); // a return comes before its confirm
      boolean back = returned.contains("NO_ROUTE" + id);
      heard.add(m.body() + (confirmed ? " confirmed" : " refused") + (back ? " returned" : ""));
    }
    return heard;
  }

  /** Everything in a queue, taken from it; {@code exchange|routing key|body}. */
  List<String> take(String queue) throws Exception {
    List<String> all = new ArrayList<>();
    for (GetResponse got = channel.basicGet(queue, true);
        got != null;
        got = channel.basicGet(queue, true)) {
      String body = new String(got.getBody(), StandardCharsets.UTF_8);
      all.add(
          got.getEnvelope().getExchange() + "|" + got.getEnvelope().getRoutingKey() + "|" + body);
    }
    return all;
  }

  @Override
  public void close() {
    connection.abort(1_000);
  }
}
