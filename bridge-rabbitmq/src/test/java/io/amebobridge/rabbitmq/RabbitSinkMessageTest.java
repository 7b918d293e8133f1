package io.amebobridge.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.amebobridge.brokers.RabbitVirtualHost;
import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.Naming;
import io.amebobridge.core.Origin;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SendResult.Outcome;
import io.amebobridge.testkit.TestRabbit;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a message has become in the queue. */
class RabbitSinkMessageTest {
  private RabbitVirtualHost host;

  @BeforeEach
  void prepare() throws Exception {
    host = TestRabbit.shared().newVirtualHost();
    try (Producer app = new Producer(host.uri())) {
      app.declare("orders", "classic");
      app.channel().exchangeDeclare("shop", "topic", true);
      app.channel().queueBind("orders", "shop", "order.#");
    }
  }

  @AfterEach
  void end() throws Exception {
    if (host != null) host.delete();
  }

  private SendResult send(RabbitSinks sinks, Message message) throws Exception {
    try (RabbitSink sink = sinks.open()) {
      return sink.send(List.of(message)).toCompletableFuture().get(20, TimeUnit.SECONDS).get(0);
    }
  }

  private RabbitSinks.Stored stored(Message message) throws Exception {
    assertThat(send(new RabbitSinks(host.uri()).exchange(Naming.fixed("shop")), message))
        .isEqualTo(SendResult.accepted());
    List<RabbitSinks.Stored> all = RabbitSinks.take(host.uri(), "orders");
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private static Message made(String id, Map<String, Object> typed, Header... headers) {
    Instant at = Instant.parse("2026-11-23T03:04:05.678Z");
    Map<String, Object> variables = typed.isEmpty() ? Map.of() : Map.of("headers", typed);
    Origin origin = new Origin("amebo", null, at, variables, null, null);
    byte[] body = "{\"id\":7}".getBytes(StandardCharsets.UTF_8);
    return new Message(id, "order.made", null, body, List.of(headers), origin);
  }

  @Test
  void theActionIsTheRoutingKeyAndThePropertiesSayWhatItIs() throws Exception {
    RabbitSinks.Stored stored = stored(made("amebo:7", Map.of()));
    assertThat(stored.exchange()).isEqualTo("shop");
    assertThat(stored.routingKey()).isEqualTo("order.made");
    assertThat(stored.text()).isEqualTo("{\"id\":7}");
    BasicProperties p = stored.properties();
    assertThat(p.getMessageId()).isEqualTo("amebo:7");
    assertThat(p.getContentType()).isEqualTo("application/json");
    assertThat(p.getDeliveryMode()).isEqualTo(2);
    assertThat(p.getTimestamp().toInstant()).isEqualTo("2026-11-23T03:04:05Z");
    assertThat(p.getHeaders()).isNull();
  }

  @Test
  void headersHaveTheirTypesWhereTheyAreKnown() throws Exception {
    Map<String, Object> typed =
        Map.of("count", 3, "long", 5_000_000_000L, "flag", true, "changed", 1, "list", List.of(1));
    RabbitSinks.Stored stored =
        stored(
            made(
                "m",
                typed,
                Header.of("count", "3"),
                Header.of("long", "5000000000"),
                Header.of("flag", "true"),
                Header.of("changed", "2"),
                Header.of("list", "[1]"),
                Header.of("text", "t\u00e4xt"),
                new Header("bytes", new byte[] {-1, 0}),
                new Header("none", null),
                Header.of("twice", "a"),
                Header.of("twice", "b"),
                Header.of("CC", "elsewhere")));
    Map<String, Object> headers = Objects.requireNonNull(stored.properties().getHeaders());
    assertThat(headers.get("count")).isEqualTo(3);
    assertThat(headers.get("long")).isEqualTo(5_000_000_000L);
    assertThat(headers.get("flag")).isEqualTo(true);
    assertThat(headers.get("changed")).as("changed since").hasToString("2");
    assertThat(headers.get("list")).isEqualTo(List.of(1));
    assertThat(headers.get("text")).hasToString("t\u00e4xt");
    assertThat(headers.get("bytes")).isEqualTo(new byte[] {-1, 0});
    assertThat(headers).containsKey("none").extracting("none").isNull();
    assertThat(headers.get("twice")).asString().isEqualTo("[a, b]");
    assertThat(headers).as("would be a routing key").doesNotContainKey("CC");
  }

  @Test
  void anIdThatIsTooLongIsItsDigestEachTimeTheSame() throws Exception {
    String longId = "x".repeat(300);
    String first = stored(made(longId, Map.of())).properties().getMessageId();
    assertThat(first).startsWith("sha256:").hasSize(71);
    assertThat(stored(made(longId, Map.of())).properties().getMessageId()).isEqualTo(first);
    assertThat(stored(made("x".repeat(301), Map.of())).properties().getMessageId())
        .isNotEqualTo(first);
  }

  @Test
  void whatFitsIntoNoFrameIsRejectedAndTheChannelGoesOn() throws Exception {
    Message large = made("m", Map.of(), Header.of("h", "x".repeat(200_000)));
    Message longKey = RabbitSinks.message("k", "order." + "x".repeat(300), null);
    Message longName = made("n", Map.of(), Header.of("n".repeat(300), "v"));
    try (RabbitSink sink = new RabbitSinks(host.uri()).exchange(Naming.fixed("shop")).open()) {
      List<SendResult> results =
          sink.send(List.of(large, longKey, longName, made("good", Map.of())))
              .toCompletableFuture()
              .get(20, TimeUnit.SECONDS);
      assertThat(results)
          .extracting(SendResult::outcome)
          .containsExactly(Outcome.REJECTED, Outcome.REJECTED, Outcome.REJECTED, Outcome.ACCEPTED);
      assertThat(results.get(0).detail()).contains("131072", "map fewer headers");
      assertThat(results.get(1).detail()).contains("routing key has more than 255 bytes");
      assertThat(results.get(2).detail()).contains("can't be written");
    }
  }

  @Test
  void aPlaceThatCanNotBeNamedIsARejection() throws Exception {
    RabbitSinks sinks =
        new RabbitSinks(host.uri())
            .routingKey(
                m -> {
                  throw new IllegalArgumentException("no customer to name it by");
                });
    SendResult result = send(sinks, made("m", Map.of()));
    assertThat(result.outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(result.detail()).contains("no customer to name it by");
  }

  @Test
  void aLanesMessagesStandInTheirOrder() throws Exception {
    try (RabbitSink sink = new RabbitSinks(host.uri()).open()) {
      List<Message> batch =
          IntStream.range(0, 300)
              .mapToObj(i -> RabbitSinks.message("m" + i, "orders", "lane"))
              .toList();
      assertThat(sink.send(batch).toCompletableFuture().get(20, TimeUnit.SECONDS))
          .containsOnly(SendResult.accepted());
    }
    assertThat(RabbitSinks.bodies(host.uri(), "orders"))
        .isEqualTo(IntStream.range(0, 300).mapToObj(i -> "m" + i).toList());
  }
}
