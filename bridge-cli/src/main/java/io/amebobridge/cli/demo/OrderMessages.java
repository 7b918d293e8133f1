package io.amebobridge.cli.demo;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * The example on the RabbitMQ side: an exchange to which orders go as {@code placed}, {@code paid},
 * {@code completed} and {@code cancelled}, and what an analytics-service has its queue for. The
 * action is the exchange's name and the routing key.
 */
public final class OrderMessages implements Example {
  private static final List<String> KEYS = List.of("placed", "paid", "completed", "cancelled");
  private static final String SCHEMA =
      """
      {
        "type": "object",
        "properties": {
          "seq": {"type": "integer", "minimum": 0},
          "orderId": {"type": "string", "minLength": 1},
          "total": {"type": "number"},
          "currency": {"enum": ["EUR", "USD"]}
        },
        "required": ["seq", "orderId"]
      }
      """;

  /** Durable. Several share the routing keys out among them. */
  public record Queue(String name, Map<String, Object> arguments) {
    public Queue {
      arguments = Map.copyOf(arguments);
    }
  }

  private final String uri;
  private final String exchange;
  private final List<Queue> queues;

  /** Declares nothing yet. */
  public OrderMessages(String uri, String exchange, List<Queue> queues) {
    this.uri = uri;
    this.exchange = exchange;
    this.queues = List.copyOf(queues);
  }

  @Override
  public String place() {
    String names = queues.stream().map(Queue::name).collect(Collectors.joining(" and "));
    return "exchange " + exchange + ", queue " + names;
  }

  /** The exchange goes with its last queue. */
  @Override
  public void declare() throws IOException {
    try (Connection connection = Amqp.connect(uri)) {
      Channel channel = connection.createChannel();
      channel.exchangeDeclare(exchange, "topic", true, true, Map.of());
      for (int q = 0; q < queues.size(); q++) {
        Queue queue = queues.get(q);
        channel.queueDeclare(queue.name(), true, false, false, queue.arguments());
        for (int k = q; k < KEYS.size(); k += queues.size()) {
          channel.queueBind(queue.name(), exchange, KEYS.get(k));
        }
      }
    }
  }

  /** What {@link #declare()} has made, with whatever is in it; what is not there need not go. */
  public void remove() throws IOException {
    try (Connection connection = Amqp.connect(uri)) {
      Channel channel = connection.createChannel();
      channel.exchangeDelete(exchange); // first: without a queue it goes by itself
      for (Queue queue : queues) channel.queueDelete(queue.name());
    }
  }

  @Override
  public Registrations registrations() {
    List<String> actions = new ArrayList<>();
    for (String key : KEYS) actions.add(exchange + "." + key);
    return new Registrations(
        actions, SCHEMA, "analytics-service", exchange + ".*", "/webhooks/orders");
  }

  @Override
  public String mapping() {
    String names = queues.stream().map(Queue::name).collect(Collectors.joining(", "));
    return """
        sources:
          shop:
            rabbitmq: {uri: "%s"}
            queues: [%s]
            read: takeover
        routes:
          - name: orders
            from: {source: shop, exchange: %s}
            action: "{{ $exchange }}.{{ $routingKey }}"
        tests:
          - name: an order that is placed
            input: {queue: %s, exchange: %3$s, routingKey: placed, body: {seq: 1, total: 19.90}}
            expect:
              - {action: %3$s.placed, payload: {seq: 1, total: 19.90}}
        """
        .formatted(uri, names, exchange, queues.get(0).name());
  }

  @Override
  public Producer producer(AtomicLong acknowledged) {
    return new OrderProducer(uri, this, acknowledged);
  }

  /** Durable, and with a message-id that is the same however often it is sent. */
  void publish(Channel channel, int n) throws IOException {
    String orderId = "order-" + n;
    BasicProperties properties =
        new BasicProperties.Builder()
            .contentType("application/json")
            .deliveryMode(2)
            .messageId(orderId)
            .build();
    String body =
        "{\"seq\":%d,\"orderId\":\"%s\",\"total\":%d.90,\"currency\":\"EUR\"}"
            .formatted(n, orderId, n % 100);
    channel.basicPublish(
        exchange, KEYS.get(n % KEYS.size()), properties, body.getBytes(StandardCharsets.UTF_8));
  }
}
