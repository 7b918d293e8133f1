package io.amebobridge.rabbitmq;

import io.amebobridge.core.Header;
import io.amebobridge.core.MessageSource;
import io.amebobridge.testkit.SourceGuarantee;
import io.amebobridge.testkit.SourceHarness;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A shadow of one queue, whose lanes are its routing keys. */
final class ShadowHarness implements SourceHarness {
  private final RabbitHarness rabbit;
  private final String type;

  ShadowHarness(String type) throws Exception {
    this.type = type;
    rabbit = new RabbitHarness(type);
    try (Producer producer = new Producer(rabbit.host().uri())) {
      producer.channel().exchangeDeclare("shop", "direct", true);
      for (String key : List.of("eu", "us")) {
        producer.channel().queueBind("orders", "shop", key);
      }
    }
    try (MessageSource first = newSource()) { // what is published before is not copied
      first.open();
    }
  }

  @Override
  public List<String> lanes() {
    return List.of("orders/eu", "orders/us");
  }

  @Override
  public void publish(String lane, List<Outgoing> messages) throws Exception {
    String key = lane.substring(lane.indexOf('/') + 1);
    try (Producer producer = new Producer(rabbit.host().uri())) {
      for (Outgoing m : messages) {
        Map<String, Object> headers = new HashMap<>();
        for (Header h : m.headers()) headers.put(h.name(), h.value());
        byte[] body = Objects.requireNonNull(m.body());
        producer.publish("shop", key, Producer.identified().headers(headers).build(), body);
      }
    }
  }

  @Override
  public MessageSource newSource() throws Exception {
    return new ShadowSources(rabbit.host().uri())
        .bind("{exchange: shop, routingKey: eu}", "{exchange: shop, routingKey: us}")
        .shadow("type", type)
        .with("lanes", "routingKey")
        .create();
  }

  @Override
  public void killBroker() throws Exception {
    rabbit.killBroker();
  }

  @Override
  public void startBroker() throws Exception {
    rabbit.startBroker();
  }

  @Override
  public Duration lease() {
    return rabbit.lease();
  }

  @Override
  public byte[] poison() {
    return rabbit.poison();
  }

  @Override
  public String secret() {
    return rabbit.secret();
  }

  @Override
  public Map<SourceGuarantee, String> unsupported() {
    return rabbit.unsupported();
  }

  @Override
  public void close() {
    rabbit.close();
  }
}
