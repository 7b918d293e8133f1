package io.amebobridge.rabbitmq;

import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.brokers.RabbitVirtualHost;
import io.amebobridge.core.Delivery;
import io.amebobridge.rabbitmq.PublishersView.Sent;
import io.amebobridge.testkit.Reads;
import io.amebobridge.testkit.TestRabbit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The application keeps all it had, and the shadow has exactly the copies. */
class ShadowCopiesTest {
  private RabbitVirtualHost host;
  private PublishersView publisher;

  @BeforeEach
  void prepare() throws Exception {
    host = TestRabbit.shared().newVirtualHost();
    publisher = new PublishersView(host.uri());
    publisher.channel().queueDeclare("orders", true, false, false, Map.of());
  }

  @AfterEach
  void end() throws Exception {
    if (publisher != null) publisher.close();
    if (host != null) host.delete();
  }

  /** What the application's queue is bound by, and what is published. */
  private record Case(
      String type, List<ShadowBinding> bindings, List<String> yaml, List<Sent> sent) {
    @Override
    public String toString() {
      return type;
    }
  }

  private static Sent key(String key, String body) {
    return new Sent(key, Map.of(), body);
  }

  static Stream<Arguments> cases() {
    return Stream.of(
            new Case(
                "fanout",
                List.of(new ShadowBinding("x", "", Map.of())),
                List.of("{exchange: x}"),
                List.of(key("", "a"), key("any", "b"))),
            new Case(
                "direct",
                List.of(
                    new ShadowBinding("x", "k1", Map.of()), new ShadowBinding("x", "k2", Map.of())),
                List.of("{exchange: x, routingKey: k1}", "{exchange: x, routingKey: k2}"),
                List.of(key("k1", "a"), key("k2", "b"), key("k3", "c"), key("k1", "d"))),
            new Case(
                "topic",
                List.of(
                    new ShadowBinding("x", "order.*", Map.of()),
                    new ShadowBinding("x", "*.eu.#", Map.of())),
                List.of(
                    "{exchange: x, routingKey: 'order.*'}", "{exchange: x, routingKey: '*.eu.#'}"),
                List.of(
                    key("order.created", "a"),
                    key("order.eu", "b both"),
                    key("bill.eu.paid", "c"),
                    key("order.created.late", "d"),
                    key("bill.us", "e"))),
            new Case(
                "headers",
                List.of(
                    new ShadowBinding(
                        "x",
                        "",
                        Map.of("x-match", "all", "format", "pdf", "pages", 2, "final", true)),
                    new ShadowBinding("x", "", Map.of("x-match", "any", "urgent", "yes"))),
                List.of(
                    "{exchange: x, arguments: {x-match: all, format: pdf, pages: 2, final: true}}",
                    "{exchange: x, arguments: {x-match: any, urgent: 'yes'}}"),
                List.of(
                    new Sent("", Map.of("format", "pdf", "pages", 2, "final", true), "a"),
                    new Sent("", Map.of("format", "pdf", "pages", 3, "final", true), "b"),
                    new Sent("", Map.of("urgent", "yes"), "c"),
                    new Sent("", Map.of("format", "pdf", "pages", "2", "final", true), "d"))))
        .map(Arguments::of);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theApplicationAndItsPublishersNoticeNothing(Case c) throws Exception {
    publisher.channel().exchangeDeclare("x", c.type(), true);
    for (ShadowBinding b : c.bindings()) {
      publisher.channel().queueBind("orders", "x", b.routingKey(), b.arguments());
    }
    List<String> heardBefore = publisher.publish("x", c.sent());
    List<String> hadBefore = publisher.take("orders");
    assertThat(hadBefore).isNotEmpty();
    boolean returns = heardBefore.stream().anyMatch(h -> h.endsWith("returned"));
    assertThat(returns).as("something is unroutable").isEqualTo(!c.type().equals("fanout"));

    try (RabbitSource source =
        new ShadowSources(host.uri()).bind(c.yaml().toArray(String[]::new)).create()) {
      source.open();
      assertThat(publisher.publish("x", c.sent())).isEqualTo(heardBefore);
      List<Delivery> copies = read(source, hadBefore.size());
      assertThat(described(copies)).isEqualTo(hadBefore);
      assertThat(source.poll(10, Duration.ofMillis(100))).as("nothing more").isEmpty();
      source.settle(copies);
      assertThat(publisher.take("orders")).as("the application's own").isEqualTo(hadBefore);
    }
    assertThat(publisher.channel().messageCount(ShadowSources.QUEUE)).isZero();
    publisher.publish("x", c.sent());
    assertThat(publisher.take(ShadowSources.QUEUE))
        .as("a closed source leaves its queue, which goes on to fill")
        .isEqualTo(hadBefore);
  }

  private static List<String> described(List<Delivery> deliveries) {
    List<String> all = new ArrayList<>();
    for (Delivery d : deliveries) {
      Map<String, Object> v = d.message().origin().variables();
      all.add(v.get("exchange") + "|" + v.get("routingKey") + "|" + Reads.body(d));
    }
    return all;
  }

  /** The one change that publishers could see, and {@code check} says it before. */
  @Test
  void whatMoreIsBoundIsRoutedToo() throws Exception {
    publisher.channel().exchangeDeclare("x", "direct", true);
    publisher.channel().queueBind("orders", "x", "k1");
    List<Sent> sent = List.of(key("k1", "a"), key("k2", "b"));
    assertThat(publisher.publish("x", sent)).containsExactly("a confirmed", "b confirmed returned");
    try (RabbitSource source =
        new ShadowSources(host.uri()).bind("{exchange: x, routingKey: k2}").create()) {
      source.open();
      assertThat(publisher.publish("x", sent)).containsExactly("a confirmed", "b confirmed");
      assertThat(bodies(read(source, 1))).containsExactly("b");
    }
  }

  @Test
  void aTakeoverAfterwardsGivesTheSameIds() throws Exception {
    publisher.channel().exchangeDeclare("x", "fanout", true);
    publisher.channel().queueBind("orders", "x", "");
    List<Delivery> copies;
    try (RabbitSource source = new ShadowSources(host.uri()).bind("{exchange: x}").create()) {
      source.open();
      publisher.publish("x", List.of(key("", "a"), key("", "b")));
      copies = read(source, 2);
      source.settle(copies);
    }
    try (RabbitSource source = new RabbitSources(host.uri(), "orders").create()) {
      source.open();
      List<Delivery> own = read(source, 2);
      assertThat(own).extracting(d -> d.message().id()).doesNotContainNull();
      assertThat(own)
          .extracting(d -> d.message().id())
          .isEqualTo(copies.stream().map(d -> d.message().id()).toList());
      assertThat(own)
          .extracting(d -> d.message().origin().variables().get("queue"))
          .containsOnly("orders");
      assertThat(bodies(own)).isEqualTo(bodies(copies));
      assertThat(copies).extracting(Delivery::lane).containsOnly("orders");
      assertThat(copies.get(0).message().origin().coordinates())
          .isEqualTo(own.get(0).message().origin().coordinates());
    }
  }
}
