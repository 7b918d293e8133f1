package io.amebobridge.rabbitmq;

import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.pollUntil;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.DefaultConsumer;
import io.amebobridge.brokers.RabbitProcess;
import io.amebobridge.brokers.RabbitVirtualHost;
import io.amebobridge.brokers.Relay;
import io.amebobridge.core.Delivery;
import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.Reads;
import io.amebobridge.testkit.TestRabbit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes wrong between the bridge and RabbitMQ, and that no message is lost by it. */
class RabbitFaultTest {
  private TestRabbit rabbit;
  private RabbitProcess node;
  private RabbitVirtualHost host;
  private Producer producer;

  @BeforeEach
  void prepare() throws Exception {
    rabbit = TestRabbit.shared();
    node = rabbit.node();
    host = rabbit.newVirtualHost();
    producer = new Producer(host.uri()).declare("orders", "quorum").declare("other", "classic");
  }

  @AfterEach
  void end() throws Exception {
    if (producer != null) producer.close();
    if (host != null && node.isRunning()) host.delete();
  }

  private RabbitSources sources() {
    return new RabbitSources(host.uri(), "orders", "other");
  }

  /** The receipts are stale, the messages come again, and then they can be settled. */
  private static void assertComesAgain(RabbitSource source, List<Delivery> held) throws Exception {
    List<Delivery> again = new ArrayList<>();
    pollUntil(source, again, () -> again.size() >= held.size());
    assertThat(held).noneMatch(source::owns);
    assertThat(bodies(again)).containsExactlyElementsOf(bodies(held));
    assertThat(again)
        .allSatisfy(
            d -> assertThat(d.message().origin().variables()).containsEntry("redelivered", true));
    assertThat(again.get(0).message().id()).isEqualTo(held.get(0).message().id());
    source.settle(held); // stale: means nothing any more
    source.settle(again);
    assertThat(source.away()).isNull();
  }

  /** Nothing is left in the queue once the source is closed. */
  private void assertEmpty(String queue) throws Exception {
    try (Producer look = new Producer(host.uri())) {
      assertThat(look.channel().messageCount(queue)).isZero();
    }
  }

  @Test
  void aConnectionCutInTheMiddleOfAFrameComesBackAndStaleTagsAreNeverAcknowledged()
      throws Exception {
    try (Relay relay = node.relay();
        RabbitSource source =
            new RabbitSources(host.uriAt(relay.endpoint()), "orders", "other").create()) {
      source.open();
      producer.publish("orders", "a", "b", "c");
      List<Delivery> held = read(source, 3);
      relay.cutAfter(10);
      producer.publish("orders", "d");
      assertThat(held).hasSize(3);
      List<Delivery> again = new ArrayList<>();
      pollUntil(source, again, () -> bodies(again).contains("d"));
      assertThat(held).noneMatch(source::owns);
      assertThat(bodies(again)).containsExactly("a", "b", "c", "d");
      source.settle(held);
      source.settle(again.subList(0, 2));
      source.settle(again.subList(2, 4));
    }
    assertEmpty("orders");
  }

  @Test
  void aSilentConnectionIsNoticedByItsHeartbeat() throws Exception {
    try (Relay relay = node.relay();
        RabbitSource source =
            new RabbitSources(host.uriAt(relay.endpoint()), "orders")
                .client("connection.heartbeat", "1")
                .create()) {
      source.open();
      producer.publish("orders", "a");
      List<Delivery> held = read(source, 1);
      relay.stall(true);
      pollUntil(source, () -> source.away() != null);
      relay.stall(false);
      assertComesAgain(source, held);
    }
    assertEmpty("orders");
  }

  @Test
  void whatAnAdministratorClosesIsOpenedAgain() throws Exception {
    try (RabbitSource source = sources().create()) {
      source.open();
      producer.publish("orders", "a", "b");
      List<Delivery> held = read(source, 2);
      node.control("close_all_connections", "-p", host.name(), "maintenance");
      assertComesAgain(source, held);
    }
    assertEmpty("orders");
  }

  @Test
  void aConsumerThatIsCancelledReadsAgainOnceTheQueueIsBack() throws Exception {
    try (RabbitSource source = sources().create()) {
      source.open();
      producer.publish("other", "undisturbed").publish("orders", "gone");
      List<Delivery> held = read(source, 2);
      producer.channel().queueDelete("orders");
      pollUntil(source, () -> source.away() != null);
      assertThat(source.away()).contains("queue orders");
      assertThat(held).filteredOn(source::owns).extracting(Delivery::lane).containsExactly("other");
      producer.declare("orders", "quorum").publish("orders", "new");
      List<Delivery> more = read(source, 1);
      assertThat(bodies(more)).containsExactly("new");
      assertThat(source.away()).isNull();
      source.settle(held);
      source.settle(more);
    }
    assertEmpty("orders");
    assertEmpty("other");
  }

  @Test
  void anAcknowledgementThatIsOverdueEndsTheChannelAndTheMessageComesAgain() throws Exception {
    node.control("eval", "application:set_env(rabbit, channel_tick_interval, 1000).");
    node.control("eval", "application:set_env(rabbit, consumer_timeout, 2000).");
    try (RabbitSource source = sources().create()) {
      source.open();
      producer.publish("orders", "slow").publish("other", "quick");
      List<Delivery> got = read(source, 2);
      List<Delivery> quick = got.stream().filter(d -> "other".equals(d.lane())).toList();
      List<Delivery> slow = got.stream().filter(d -> "orders".equals(d.lane())).toList();
      source.settle(quick);
      assertComesAgain(source, slow);
      assertThat(quick).as("the other queue has a channel of its own").allMatch(source::owns);
    } finally {
      node.control("eval", "application:set_env(rabbit, consumer_timeout, 1800000).");
      node.control("eval", "application:set_env(rabbit, channel_tick_interval, 60000).");
    }
    assertEmpty("orders");
  }

  @Test
  void publishersThatAreBlockedDoNotHinderReading() throws Exception {
    producer.publish("orders", "a", "b", "c");
    try (RabbitSource source = sources().create()) {
      node.control("set_vm_memory_high_watermark", "absolute", "1");
      try {
        source.open();
        source.settle(read(source, 3));
        assertThat(source.away()).isNull();
      } finally {
        node.control("set_vm_memory_high_watermark", "absolute", "512MB");
      }
    }
    assertEmpty("orders");
  }

  @Test
  void aNodeThatIsDownAtTheStartIsTemporary() throws Exception {
    producer.publish("orders", "kept");
    rabbit.kill9();
    try {
      assertThatThrownBy(() -> sources().create().open())
          .isInstanceOfSatisfying(
              SourceException.class, e -> assertThat(e.temporary()).as(e.getMessage()).isTrue())
          .hasMessageContaining(node.endpoint())
          .hasMessageNotContaining(host.password());
    } finally {
      node.start();
    }
    assertThat(Reads.readAllAndClose(sources().create(), 1)).containsExactly("kept");
    assertEmpty("orders");
  }

  @Test
  void anotherHostIsTriedWhereOneIsDown() throws Exception {
    producer.publish("orders", "a");
    try (Relay dead = node.relay();
        RabbitSource source =
            new RabbitSources(host.uriAt(dead.endpoint()), "orders")
                .client("addresses", node.endpoint())
                .create()) {
      dead.refuse();
      source.open();
      source.settle(read(source, 1));
    }
    assertEmpty("orders");
  }

  @Test
  void somebodyMustActWhereTimeDoesNotHelp() throws Exception {
    producer.declare("log", "stream");
    String wrongPassword = host.uri().replace(host.password(), "wrong");
    assertRefused(new RabbitSources(wrongPassword, "orders"), "refused the login");
    String wrongHost = host.uri() + "x";
    assertRefused(new RabbitSources(wrongHost, "orders"), "refused", host.name() + "x");
    assertRefused(new RabbitSources(host.uri(), "ordres"), "queue ordres", "is not there");
    assertRefused(new RabbitSources(host.uri(), "log"), "queue log", "is a stream");
    node.management()
        .put(
            "/api/permissions/" + host.name() + "/" + host.user(),
            "{\"configure\":\".*\",\"write\":\".*\",\"read\":\"nothing\"}");
    assertRefused(sources(), "may not be read");
  }

  private void assertRefused(RabbitSources sources, String... says) throws Exception {
    RabbitSource source = sources.create();
    assertThatThrownBy(source::open)
        .isInstanceOfSatisfying(
            SourceException.class, e -> assertThat(e.temporary()).as(e.getMessage()).isFalse())
        .hasMessageContainingAll(says)
        .hasMessageContaining("sources.shop")
        .hasMessageNotContaining(host.password());
    source.close();
  }

  @Test
  void aQueueThatSomebodyWantsForHimselfIsTemporary() throws Exception {
    var channel = producer.channel();
    channel.basicConsume("other", false, "", false, true, Map.of(), new DefaultConsumer(channel));
    assertThatThrownBy(() -> sources().create().open())
        .isInstanceOfSatisfying(
            SourceException.class, e -> assertThat(e.temporary()).as(e.getMessage()).isTrue())
        .hasMessageContaining("wants it for itself");
  }

  @Test
  void byTlsTheCertificateIsVerified() throws Exception {
    producer.publish("orders", "a");
    RabbitSources untrusted = new RabbitSources(host.tlsUri(), "orders");
    assertRefused(untrusted, "TLS handshake");
    RabbitSources trusted = trusting(new RabbitSources(host.tlsUri(), "orders"));
    assertThat(Reads.readAllAndClose(trusted.create(), 1)).containsExactly("a");
    assertEmpty("orders");
  }

  private RabbitSources trusting(RabbitSources sources) {
    return sources
        .client("ssl.trust.store", node.trustStore().toString())
        .client("ssl.trust.store.password", node.trustStorePassword())
        .client("ssl.trust.store.type", "PKCS12");
  }

  @Test
  void aFrozenNodeDoesNotHoldUpTheClose() throws Exception {
    producer.publish("orders", "a");
    RabbitSource source = sources().create();
    source.open();
    List<Delivery> got = read(source, 1);
    node.pause();
    try {
      source.settle(got);
      long start = System.nanoTime();
      source.close();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(7));
    } finally {
      node.resume();
    }
    assertThat(source.lanes()).isEmpty();
  }
}
