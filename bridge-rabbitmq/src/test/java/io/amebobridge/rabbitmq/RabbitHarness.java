package io.amebobridge.rabbitmq;

import io.amebobridge.brokers.RabbitVirtualHost;
import io.amebobridge.core.Header;
import io.amebobridge.core.MessageSource;
import io.amebobridge.testkit.SourceGuarantee;
import io.amebobridge.testkit.SourceHarness;
import io.amebobridge.testkit.TestRabbit;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A virtual host with two queues of one type. */
class RabbitHarness implements SourceHarness {
  private final TestRabbit rabbit;
  private final RabbitVirtualHost host;

  RabbitHarness(String type) throws Exception {
    rabbit = TestRabbit.shared();
    host = rabbit.newVirtualHost();
    try (Producer producer = new Producer(host.uri())) {
      for (String lane : lanes()) producer.declare(lane, type);
    }
  }

  RabbitVirtualHost host() {
    return host;
  }

  @Override
  public List<String> lanes() {
    return List.of("orders", "payments");
  }

  @Override
  public void publish(String lane, List<Outgoing> messages) throws Exception {
    try (Producer producer = new Producer(host.uri())) {
      for (Outgoing m : messages) {
        Map<String, Object> headers = new HashMap<>();
        for (Header h : m.headers()) headers.put(h.name(), h.value());
        byte[] body = Objects.requireNonNull(m.body());
        producer.publish("", lane, Producer.identified().headers(headers).build(), body);
      }
    }
  }

  @Override
  public MessageSource newSource() throws Exception {
    return sources().create();
  }

  RabbitSources sources() {
    return new RabbitSources(host.uri(), lanes().toArray(String[]::new));
  }

  @Override
  public void killBroker() throws Exception {
    rabbit.kill9();
  }

  @Override
  public void startBroker() throws Exception {
    rabbit.node().start();
    Producer.awaitQueues(host.uri(), lanes());
  }

  @Override
  public Duration lease() {
    return Duration.ofMinutes(30); // consumer_timeout, which nothing but an acknowledgement renews
  }

  @Override
  public byte[] poison() {
    return new byte[] {-1, -2, 0, '{'};
  }

  @Override
  public String secret() {
    return host.password();
  }

  @Override
  public Map<SourceGuarantee, String> unsupported() {
    return Map.of(
        SourceGuarantee.OWNERSHIP_MOVES,
        "a queue's consumers share its messages; a message moves only when its channel ends",
        SourceGuarantee.LEASES,
        "an unacknowledged message is held until its channel ends, or for consumer_timeout",
        SourceGuarantee.TOMBSTONES,
        "AMQP knows empty bodies, not absent ones",
        SourceGuarantee.REPEATED_HEADERS,
        "AMQP's headers are a table without key and order; see RabbitMessageTest");
  }

  @Override
  public void close() {
    try {
      host.delete();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
