package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.Naming;
import io.amebobridge.core.Origin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sinks for tests, messages for them, and what is in a queue afterwards. */
final class RabbitSinks {
  private final Map<String, String> client = new LinkedHashMap<>();
  private Naming exchange = Naming.fixed("");
  private Naming routingKey = Naming.address();
  private Duration confirmTimeout = Duration.ofSeconds(10);

  RabbitSinks(String uri) {
    client("uri", uri);
    client("connection.heartbeat", "2");
  }

  RabbitSinks client(String option, String value) {
    client.put(option, value);
    return this;
  }

  RabbitSinks exchange(Naming naming) {
    exchange = naming;
    return this;
  }

  RabbitSinks routingKey(Naming naming) {
    routingKey = naming;
    return this;
  }

  RabbitSinks confirmTimeout(Duration timeout) {
    confirmTimeout = timeout;
    return this;
  }

  RabbitSink create() {
    LinkSettings link = new LinkSettings("shop", "sinks.shop", client, Duration.ofSeconds(10));
    return new RabbitSink(new RabbitSinkSettings(link, exchange, routingKey, confirmTimeout));
  }

  RabbitSink open() throws Exception {
    RabbitSink sink = create();
    sink.open();
    return sink;
  }

  /** The id is the body too. */
  static Message message(String id, String address, @Nullable String lane, Header... headers) {
    return message(id, address, lane, id.getBytes(StandardCharsets.UTF_8), headers);
  }

  static Message message(
      @Nullable String id, String address, @Nullable String lane, byte[] body, Header... headers) {
    Origin origin = new Origin("amebo", lane, Instant.EPOCH, Map.of(), null, null);
    return new Message(id, address, null, body, List.of(headers), origin);
  }

  /** A message in a queue. */
  record Stored(String exchange, String routingKey, BasicProperties properties, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /**
   * All that is ready in a queue, in its order. It is gone then: a quorum queue would put what is
   * given back behind the rest.
   */
  static List<Stored> take(String uri, String queue) throws Exception {
    List<Stored> all = new ArrayList<>();
    try (Producer look = new Producer(uri)) {
      Channel channel = look.channel();
      for (GetResponse got = channel.basicGet(queue, true);
          got != null;
          got = channel.basicGet(queue, true)) {
        var envelope = got.getEnvelope();
        all.add(
            new Stored(
                envelope.getExchange(), envelope.getRoutingKey(), got.getProps(), got.getBody()));
      }
    }
    return all;
  }

  static List<String> bodies(String uri, String queue) throws Exception {
    return take(uri, queue).stream().map(Stored::text).toList();
  }
}
