package io.amebobridge.rabbitmq;

import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.pollUntil;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import io.amebobridge.core.Delivery;
import io.amebobridge.core.LaneStatus;
import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.Reads;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A copy that is lost is known to be lost. */
class ShadowLossTest {
  private BrokerFixture broker;
  private Channel channel;

  @BeforeEach
  void prepare() throws Exception {
    broker = new BrokerFixture();
    channel = broker.producer.channel();
    broker.producer.declare("orders", "classic");
    channel.exchangeDeclare("x", "fanout", true);
    channel.queueBind("orders", "x", "");
  }

  @AfterEach
  void end() throws Exception {
    if (broker != null) broker.close();
  }

  private ShadowSources sources() {
    return new ShadowSources(broker.host.uri()).bind("{exchange: x}");
  }

  private void publish(String prefix, int count) throws Exception {
    for (String body : numbered(prefix, count)) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      broker.producer.publish("x", "", Producer.identified().build(), bytes);
    }
  }

  private static String[] numbered(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toArray(String[]::new);
  }

  private static void open(ShadowSources sources) throws Exception {
    try (RabbitSource source = sources.create()) {
      source.open();
    }
  }

  private static void assertStops(ShadowSources sources, String... says) {
    assertThatThrownBy(() -> open(sources))
        .isInstanceOfSatisfying(
            SourceException.class, e -> assertThat(e.temporary()).as(e.getMessage()).isFalse())
        .hasMessageContainingAll(says);
  }

  private long ready(String queue) throws Exception {
    return channel.messageCount(queue);
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "quorum"})
  void whatWasDroppedWhileNobodyReadStopsTheNextStart(String type) throws Exception {
    ShadowSources sources = sources().shadow("type", type).shadow("maxLength", "5");
    open(sources);
    publish("m", 8); // no publisher waits, and none is refused
    await().until(() -> ready(ShadowSources.DROPPED) == 3);
    assertThat(ready("orders")).as("the application's own").isEqualTo(8);
    assertThat(ready(ShadowSources.QUEUE)).isEqualTo(5);
    assertStops(
        sources, "3 copies were dropped", "purge queue " + ShadowSources.DROPPED, "lostMessages");
    assertThat(sources.factory().inspect(0).warnings())
        .anyMatch(w -> w.contains("3 copies were dropped"));
    try (RabbitSource source = sources.shadow("lostMessages", "continue").create()) {
      source.open();
      assertThat(bodies(read(source, 5))).as("the oldest went").containsExactly(numbered2(3, 8));
    }
    channel.queuePurge(ShadowSources.DROPPED);
    open(sources().shadow("type", type).shadow("maxLength", "5"));
  }

  private static String[] numbered2(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "m" + i).toArray(String[]::new);
  }

  @Test
  void withoutItsEvidenceAShadowAtItsBoundIsNotTakenForWhole() throws Exception {
    ShadowSources sources = sources().shadow("maxLength", "5");
    open(sources);
    channel.queueDelete(ShadowSources.DROPPED);
    open(sources); // declares it again
    publish("m", 8);
    await().until(() -> ready(ShadowSources.DROPPED) == 3);
    channel.queueDelete(ShadowSources.DROPPED);
    assertStops(sources, "at its bound of 5", "may have been dropped");
  }

  @Test
  void copiesThatExpireAreEvidenceToo() throws Exception {
    open(sources());
    var expires = Producer.identified().expiration("1").build();
    broker.producer.publish("x", "", expires, new byte[] {1});
    await().until(() -> ready(ShadowSources.DROPPED) == 1);
    assertStops(sources(), "1 copies were dropped");
  }

  @Test
  void theAlarmIsRaisedAtTheBoundAndKeepsTheEvidence() throws Exception {
    try (RabbitSource source = sources().shadow("maxLength", "10").with("prefetch", "1").create()) {
      source.open();
      List<Delivery> held = new ArrayList<>();
      publish("m", 1);
      pollUntil(source, held, () -> held.size() == 1 && Reads.lane(source, "orders").lag() == 1);
      assertThat(source.away()).isNull();
      publish("n", 10);
      pollUntil(source, () -> source.away() != null);
      assertThat(source.away()).contains("at its bound (10 of 10 messages)");
      LaneStatus lane = Reads.lane(source, "orders");
      assertThat(lane.lag()).isEqualTo(11);
      assertThat(lane.retentionHeadroomSeconds()).isZero();
      publish("o", 2);
      source.settle(held);
      List<Delivery> rest = new ArrayList<>();
      pollUntil(
          source,
          rest,
          () -> {
            source.settle(rest);
            String away = source.away();
            return rest.size() >= 10 && away != null && away.contains("2 copies were dropped");
          });
      assertThat(bodies(rest)).doesNotContain("n1").endsWith("o0", "o1");
      channel.queuePurge(ShadowSources.DROPPED);
      pollUntil(source, () -> source.away() == null);
    }
  }

  @Test
  void withoutEvidenceAQueueAtItsBoundMayHaveLostSome() throws Exception {
    ShadowSources sources = sources().shadow("maxLength", "5").shadow("dropped", "none");
    open(sources);
    assertThat(broker.declared()).doesNotContain(ShadowSources.DROPPED);
    publish("m", 4);
    open(sources);
    publish("m", 4);
    assertStops(sources, "at its bound of 5", "may have been dropped");
    open(sources.shadow("lostMessages", "continue"));
  }

  @Test
  void aQueueThatIsDeletedWhileItIsReadStopsTheSourceAndTheNextStart() throws Exception {
    try (RabbitSource source = sources().create()) {
      source.open();
      channel.queueDelete(ShadowSources.QUEUE);
      assertThatThrownBy(() -> pollUntil(source, () -> false))
          .isInstanceOfSatisfying(
              SourceException.class, e -> assertThat(e.temporary()).as(e.getMessage()).isFalse())
          .hasMessageContainingAll("queue " + ShadowSources.QUEUE, "is gone", "lostMessages");
    }
    assertStops(sources(), "was declared before", "and it is gone");
    assertThat(broker.declared()).doesNotContain("\"" + ShadowSources.QUEUE + "\"");
    try (RabbitSource source = sources().shadow("lostMessages", "continue").create()) {
      source.open();
      publish("a", 1);
      source.settle(read(source, 1));
      channel.queueDelete(ShadowSources.QUEUE);
      List<Delivery> got = new ArrayList<>();
      pollUntil(
          source,
          got,
          () -> {
            if (got.isEmpty()) publish("b", 1);
            return !got.isEmpty();
          });
      assertThat(bodies(got)).contains("b0");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anExchangeThatIsDeletedIsNoticed(boolean withManagement) throws Exception {
    ShadowSources sources = sources();
    if (withManagement) sources.with("management", broker.management());
    try (RabbitSource source = sources.create()) {
      source.open();
      channel.exchangeDelete("x");
      pollUntil(source, () -> source.away() != null);
      assertThat(source.away()).contains("exchange x is gone");
      channel.exchangeDeclare("x", "fanout", true);
      if (!withManagement) return;
      pollUntil(source, () -> String.valueOf(source.away()).contains("the binding to exchange x"));
      assertThat(source.away()).contains("start the bridge again");
    }
    try (RabbitSource source = sources.shadow("lostMessages", "continue").create()) {
      source.open();
      channel.queueUnbind(ShadowSources.QUEUE, "x", "");
      List<Delivery> got = new ArrayList<>();
      pollUntil(
          source,
          got,
          () -> {
            if (got.isEmpty()) publish("b", 1);
            return !got.isEmpty();
          });
    }
  }

  @Test
  void closingAndRunningRemoveNothing() throws Exception {
    open(sources());
    String declared = broker.declared();
    publish("m", 3);
    try (RabbitSource source = sources().create()) {
      source.open();
      source.settle(read(source, 3));
    }
    assertThat(broker.declared()).isEqualTo(declared);
    assertThat(ready("orders")).isEqualTo(3);
  }

  @Test
  void theBrokerIsKilledAndTheCopiesAreThere() throws Exception {
    try (RabbitSource source = sources().shadow("type", "quorum").create()) {
      source.open();
      publish("m", 3);
      List<Delivery> held = read(source, 3);
      io.amebobridge.testkit.TestRabbit.shared().kill9();
      pollUntil(source, () -> source.away() != null);
      broker.node.start();
      List<Delivery> again = new ArrayList<>();
      pollUntil(source, again, () -> again.size() >= 3);
      assertThat(bodies(again)).isEqualTo(bodies(held));
    }
  }
}
