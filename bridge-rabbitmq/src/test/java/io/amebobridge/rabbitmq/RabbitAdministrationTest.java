package io.amebobridge.rabbitmq;

import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.pollUntil;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.brokers.RabbitProcess;
import io.amebobridge.brokers.RabbitVirtualHost;
import io.amebobridge.core.Delivery;
import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.Reads;
import io.amebobridge.testkit.TestRabbit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What administrators do to a virtual host and to a queue, and what is said about it. */
class RabbitAdministrationTest {
  @TempDir Path directory;
  private RabbitProcess node;
  private RabbitVirtualHost host;
  private Producer producer;

  @BeforeEach
  void prepare() throws Exception {
    node = TestRabbit.shared().node();
    host = node.newVirtualHost();
    producer = new Producer(host.uri()).declare("orders", "quorum").declare("log", "stream");
  }

  @AfterEach
  void end() throws Exception {
    if (producer != null) producer.close();
    if (host != null) host.delete();
  }

  @Test
  void aCertificateOfAnotherHostIsRefused() {
    RabbitSources sources =
        new RabbitSources(host.tlsUri().replace("@localhost:", "@127.0.0.1:"), "orders")
            .client("ssl.trust.store", node.trustStore().toString())
            .client("ssl.trust.store.password", node.trustStorePassword())
            .client("ssl.trust.store.type", "PKCS12");
    assertThatThrownBy(() -> sources.create().open())
        .isInstanceOfSatisfying(
            SourceException.class, e -> assertThat(e.temporary()).as(e.getMessage()).isFalse())
        .hasMessageContainingAll("TLS handshake", "127.0.0.1", "ssl.*");
  }

  @Test
  void aVirtualHostThatIsDeletedStopsTheSourceWithItsName() throws Exception {
    try (RabbitSource source = new RabbitSources(host.uri(), "orders").create()) {
      source.open();
      node.management().delete("/api/vhosts/" + host.name());
      assertThatThrownBy(() -> pollUntil(source, () -> false))
          .isInstanceOfSatisfying(
              SourceException.class, e -> assertThat(e.temporary()).as(e.getMessage()).isFalse())
          .hasMessageContainingAll("sources.shop", host.name());
    }
  }

  @Test
  void aSourceThatIsInterruptedWhileItOpensCanBeOpenedByAnother() throws Exception {
    producer.publish("log", "a").publish("orders", "b");
    RabbitSources sources =
        new RabbitSources(host.uri(), "orders", "log")
            .streams("first", directory.resolve("p.json"));
    RabbitSource source = sources.create();
    Thread.currentThread().interrupt();
    assertThatThrownBy(source::open).isInstanceOf(InterruptedException.class);
    source.close();
    assertThat(Reads.readAllAndClose(sources.create(), 2)).containsExactlyInAnyOrder("a", "b");
  }

  /** What RabbitMQ does, so that the documentation is right: it is the broker that drops it. */
  @Test
  void aDeliveryLimitCountsEachConnectionThatEnds() throws Exception {
    producer.declare("limited", "quorum", Map.of("x-delivery-limit", 2));
    producer.publish("limited", "a");
    try (RabbitSource source = new RabbitSources(host.uri(), "limited").create()) {
      source.open();
      List<Delivery> got = new ArrayList<>(read(source, 1));
      for (int attempt = 1; attempt <= 2; attempt++) {
        cutConnections();
        got.clear();
        pollUntil(source, got, () -> !got.isEmpty());
        assertThat(bodies(got)).containsExactly("a");
        assertThat(headers(got.get(0))).containsEntry("x-delivery-count", (long) attempt);
      }
      cutConnections();
      producer.close();
      producer = new Producer(host.uri()).publish("limited", "b");
      got.clear();
      pollUntil(source, got, () -> !got.isEmpty());
      assertThat(bodies(got)).as("a was dropped").containsExactly("b");
    }
  }

  private void cutConnections() throws Exception {
    node.control("close_all_connections", "-p", host.name(), "maintenance");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> headers(Delivery delivery) {
    return (Map<String, Object>)
        delivery.message().origin().variables().getOrDefault("headers", Map.of());
  }
}
