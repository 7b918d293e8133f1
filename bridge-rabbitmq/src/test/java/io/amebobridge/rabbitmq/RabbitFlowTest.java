package io.amebobridge.rabbitmq;

import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.pollUntil;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Envelope;
import io.amebobridge.brokers.RabbitVirtualHost;
import io.amebobridge.core.Connector.Inspection;
import io.amebobridge.core.Delivery;
import io.amebobridge.testkit.Reads;
import io.amebobridge.testkit.TestRabbit;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes, how fairly, what is acknowledged and when, and what is said about it. */
class RabbitFlowTest {
  private RabbitVirtualHost host;
  private Producer producer;

  @BeforeEach
  void prepare() throws Exception {
    host = TestRabbit.shared().newVirtualHost();
    producer = new Producer(host.uri()).declare("orders", "classic").declare("other", "quorum");
  }

  @AfterEach
  void end() throws Exception {
    if (producer != null) producer.close();
    if (host != null) host.delete();
  }

  private RabbitSources sources() {
    return new RabbitSources(host.uri(), "orders", "other");
  }

  private static String[] numbered(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toArray(String[]::new);
  }

  @Test
  void settledInAnyOrderExactlyTheUnsettledReturn() throws Exception {
    producer.publish("orders", numbered("m", 60));
    Random random = new Random(7);
    List<String> settled = new ArrayList<>();
    List<String> left;
    try (RabbitSource source = sources().create()) {
      source.open();
      List<Delivery> got = read(source, 60);
      List<Delivery> shuffled = new ArrayList<>(got);
      Collections.shuffle(shuffled, random);
      List<Delivery> some = shuffled.subList(0, 40);
      for (int from = 0; from < some.size(); ) {
        int to = Math.min(some.size(), from + 1 + random.nextInt(5));
        source.settle(some.subList(from, to));
        source.settle(some.subList(from, to)); // twice means nothing
        if (random.nextBoolean()) assertThat(source.poll(0, Duration.ZERO)).isEmpty();
        from = to;
      }
      settled.addAll(bodies(some));
      left = new ArrayList<>(bodies(got));
      left.removeAll(settled);
      assertThat(got).as("no tag was acknowledged twice").allMatch(source::owns);
    }
    assertThat(Reads.readAllAndClose(sources().create(), 20)).containsExactlyElementsOf(left);
  }

  @Test
  void whatIsSettledIsAcknowledgedSoonAlsoBehindOneThatIsNot() throws Exception {
    producer.publish("orders", "blocked", "b", "c", "d");
    try (RabbitSource source = sources().with("prefetch", "4").create()) {
      source.open();
      List<Delivery> got = read(source, 4);
      producer.publish("orders", "e", "f", "g");
      source.settle(got.subList(1, 4));
      // of the prefetch one place is taken, three are free again
      assertThat(bodies(read(source, 3))).containsExactly("e", "f", "g");
      assertThat(source.poll(10, Duration.ofMillis(50))).isEmpty();
    }
  }

  @Test
  void aFullPrefetchHoldsBackTheBrokerAndNotTheOtherQueue() throws Exception {
    producer.publish("orders", numbered("blocked", 50)).publish("other", numbered("free", 50));
    try (RabbitSource source = sources().with("prefetch", "10").create()) {
      source.open();
      List<Delivery> got = new ArrayList<>();
      pollUntil(
          source,
          got,
          () -> {
            source.settle(got.stream().filter(d -> "other".equals(d.lane())).toList());
            return bodies(got).contains("free49");
          });
      assertThat(got).filteredOn(d -> "orders".equals(d.lane())).hasSize(10);
      assertThat(got).filteredOn(d -> "other".equals(d.lane())).hasSize(50);
    }
  }

  @Test
  void lanesByRoutingKeyOrHeader() throws Exception {
    producer.channel().exchangeDeclare("shop", "topic", true);
    producer.channel().queueBind("orders", "shop", "#");
    for (String key : List.of("eu", "us", "eu")) {
      var properties = Producer.identified().headers(Map.of("customer", 7)).build();
      producer.publish("shop", key, properties, "x".getBytes(StandardCharsets.UTF_8));
    }
    try (RabbitSource source = sources().with("lanes", "routingKey").create()) {
      source.open();
      List<Delivery> got = read(source, 3);
      assertThat(got)
          .extracting(Delivery::lane)
          .containsExactly("orders/eu", "orders/us", "orders/eu");
      assertThat(got.get(0).message().key()).asString().isEqualTo("eu");
    }
    try (RabbitSource source = sources().with("lanes", "header:customer").create()) {
      source.open();
      assertThat(read(source, 3)).extracting(Delivery::lane).containsOnly("orders/7");
    }
    try (RabbitSource source = sources().with("lanes", "none").create()) {
      source.open();
      assertThat(read(source, 3)).extracting(Delivery::lane).containsOnlyNulls();
    }
  }

  @Test
  void twoBridgesShareAQueueAndTheUnionIsComplete() throws Exception {
    try (RabbitSource one = sources().create();
        RabbitSource two = sources().create()) {
      one.open();
      two.open();
      producer.publish("orders", numbered("m", 20));
      List<Delivery> ofOne = new ArrayList<>();
      List<Delivery> ofTwo = new ArrayList<>();
      pollUntil(
          one,
          ofOne,
          () -> {
            ofTwo.addAll(two.poll(100, Duration.ofMillis(10)));
            return ofOne.size() + ofTwo.size() >= 20;
          });
      List<String> all = new ArrayList<>(bodies(ofOne));
      all.addAll(bodies(ofTwo));
      assertThat(all).containsExactlyInAnyOrder(numbered("m", 20));
      assertThat(ofOne).isNotEmpty();
      assertThat(ofTwo).isNotEmpty();
    }
  }

  @Test
  void lookingTakesNothingAndSaysWhoElseReads() throws Exception {
    producer.publish("orders", "a", "b");
    Inspection found = sources().factory().inspect(3);
    assertThat(found.facts())
        .anySatisfy(f -> assertThat(f).contains("RabbitMQ", host.name()))
        .anySatisfy(f -> assertThat(f).contains("queue orders: 2 messages ready, 0 consumers"));
    assertThat(found.samples()).isEmpty();
    assertThat(found.warnings()).singleElement().asString().contains("no samples");
    try (RabbitSource source = sources().create()) {
      source.open();
      assertThat(read(source, 2))
          .allSatisfy(
              d ->
                  assertThat(d.message().origin().variables()).containsEntry("redelivered", false));
      await()
          .pollInSameThread()
          .untilAsserted(
              () ->
                  assertThat(sources().factory().inspect(0).warnings())
                      .anySatisfy(
                          w -> assertThat(w).contains("queue orders has other consumers (1)")));
    }
  }

  /** The broker may send before the answer that the consumer is one has been seen. */
  @Test
  void whatComesBeforeTheConsumerIsKnownWaitsForIt() {
    HandOver handOver = new HandOver(2);
    Consumption early = new Consumption("orders", producer.channel(), handOver);
    var properties = Producer.identified().build();
    early.handleDelivery("tag", new Envelope(1, false, "", "orders"), properties, new byte[0]);
    assertThat(handOver.take(5)).isEmpty();
    early.adopt();
    assertThat(handOver.take(5)).hasSize(1);
    assertThat(handOver.take(5)).isEmpty();
  }

  @Test
  void aSourceThatIsNotOpenSaysSo() throws Exception {
    RabbitSource source = sources().create();
    assertThatThrownBy(() -> source.poll(1, Duration.ZERO))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not open");
    source.wakeup();
    source.close();
    assertThat(source.lanes()).isEmpty();
    assertThat(source.toString()).doesNotContain(host.password()).contains("orders");
  }
}
