package io.amebobridge.rabbitmq;

import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.amebobridge.brokers.RabbitProcess;
import io.amebobridge.brokers.RabbitVirtualHost;
import io.amebobridge.brokers.Relay;
import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.core.DeadLetterConnector.CopiesFactory;
import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.Origin;
import io.amebobridge.core.SinkException;
import io.amebobridge.core.config.ConfigFile;
import io.amebobridge.core.config.ConfigSection;
import io.amebobridge.core.config.Problems;
import io.amebobridge.core.deadletter.DeadLetter;
import io.amebobridge.core.deadletter.DeadLetterCopies;
import io.amebobridge.testkit.TestRabbit;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copies of dead letters in a user's queue. */
class RabbitDeadLettersTest {
  private static final Instant AT = Instant.parse("2026-11-23T03:04:05.678Z");

  private RabbitProcess node;
  private RabbitVirtualHost host;
  private Producer app;

  @BeforeEach
  void prepare() throws Exception {
    node = TestRabbit.shared().node();
    host = TestRabbit.shared().newVirtualHost();
    app = new Producer(host.uri()).declare("orders", "classic").declare("letters", "quorum");
  }

  @AfterEach
  void end() throws Exception {
    if (app != null) app.close();
    if (host != null) host.delete();
  }

  private static CopiesFactory factory(String uri, String target) throws Exception {
    String yaml = "d:\n  rabbitmq: {uri: '%s', connection.heartbeat: 2}\n".formatted(uri);
    Problems problems = new Problems();
    ConfigSection section =
        ConfigFile.parse("test.yaml", yaml + target.indent(2), name -> null, problems).section("d");
    CopiesFactory factory = new RabbitConnector().configure(section);
    section.refuseUnknown();
    problems.refuse();
    return factory;
  }

  private DeadLetterCopies copies() throws Exception {
    return factory(host.uri(), "queue: letters").open();
  }

  private static DeadLetter letter(Message message) {
    Message rendered =
        new Message(message.id(), "order.made", null, null, List.of(), message.origin());
    return new DeadLetter(
        AT,
        message,
        "orders",
        DeadLetter.Stage.SENDING,
        "payload/id: no integer",
        List.of(rendered));
  }

  private static Message fromKafka(byte[] body, Header... headers) {
    Map<String, Object> variables =
        Map.of("topic", "orders", "partition", 3, "offset", 5_000_000_000L);
    var at = new SourceCoordinates("kafka:c", "orders", 3, 5_000_000_000L);
    Origin origin = new Origin("events", "orders-3", AT, variables, at, null);
    byte[] key = "k1".getBytes(StandardCharsets.UTF_8);
    return new Message("kafka:c:t:3:5000000000", "orders", key, body, List.of(headers), origin);
  }

  private RabbitSinks.Stored copyOf(DeadLetter letter) throws Exception {
    try (DeadLetterCopies copies = copies()) {
      Object unused = copies.send(letter).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
    List<RabbitSinks.Stored> all = RabbitSinks.take(host.uri(), "letters");
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private static Map<String, Object> headers(RabbitSinks.Stored copy) {
    return Objects.requireNonNull(copy.properties().getHeaders());
  }

  @Test
  void aMessageOfKafkaSaysWhereItWasAndWhyItFailed() throws Exception {
    byte[] body = {0, -1, '{'};
    RabbitSinks.Stored copy = copyOf(letter(fromKafka(body, Header.of("trace", "t1"))));
    assertThat(copy.body()).isEqualTo(body);
    BasicProperties p = copy.properties();
    assertThat(p.getMessageId()).isEqualTo("kafka:c:t:3:5000000000");
    assertThat(p.getDeliveryMode()).isEqualTo(2);
    assertThat(p.getTimestamp().toInstant()).isEqualTo("2026-11-23T03:04:05Z");
    Map<String, Object> headers = headers(copy);
    Map<String, String> texts =
        Map.of(
            "trace", "t1",
            "x-amebo-reason", "sending",
            "x-amebo-detail", "payload/id: no integer",
            "x-amebo-time", "2026-11-23T03:04:05.678Z",
            "x-amebo-source", "events",
            "x-amebo-where", "events orders/3@5000000000",
            "x-amebo-route", "orders",
            "x-amebo-action", "order.made",
            "x-amebo-id", "kafka:c:t:3:5000000000",
            "x-amebo-topic", "orders");
    texts.forEach((name, text) -> assertThat(headers.get(name)).as(name).hasToString(text));
    assertThat(headers.get("x-amebo-key")).hasToString("k1");
    assertThat(headers.get("x-amebo-partition")).isEqualTo(3);
    assertThat(headers.get("x-amebo-offset")).isEqualTo(5_000_000_000L);
    assertThat(headers).as("and no others").hasSize(14);
  }

  /** Read by the source as a user's would be. */
  private Message fromRabbit(BasicProperties properties, byte[] body) throws Exception {
    app.publish("", "orders", properties, body);
    try (RabbitSource source = new RabbitSources(host.uri(), "orders").create()) {
      source.open();
      var got = read(source, 1);
      source.settle(got);
      return got.get(0).message();
    }
  }

  @Test
  void aMessageOfRabbitKeepsItsPropertiesAndWhatWouldHarmTheCopyIsAside() throws Exception {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
      zip.write("{\"id\":".getBytes(StandardCharsets.UTF_8));
    }
    BasicProperties original =
        new BasicProperties.Builder()
            .messageId("order-7")
            .correlationId("c")
            .replyTo("answers")
            .type("made")
            .appId("shop")
            .priority(4)
            .contentType("application/json")
            .contentEncoding("gzip")
            .timestamp(Date.from(Instant.parse("2026-01-02T03:04:05Z")))
            .expiration("60000")
            .userId(host.user())
            .deliveryMode(1)
            .headers(Map.of("count", 3, "flag", true, "CC", List.of("other")))
            .build();
    app.declare("other", "classic");
    RabbitSinks.Stored copy = copyOf(letter(fromRabbit(original, zipped.toByteArray())));
    assertThat(copy.text()).as("unpacked").isEqualTo("{\"id\":");
    BasicProperties p = copy.properties();
    assertThat(p.getMessageId()).isEqualTo("order-7");
    assertThat(p.getCorrelationId()).isEqualTo("c");
    assertThat(p.getReplyTo()).isEqualTo("answers");
    assertThat(p.getType()).isEqualTo("made");
    assertThat(p.getAppId()).isEqualTo("shop");
    assertThat(p.getPriority()).isEqualTo(4);
    assertThat(p.getContentType()).isEqualTo("application/json");
    assertThat(p.getTimestamp()).isEqualTo(original.getTimestamp());
    assertThat(p.getContentEncoding()).isNull();
    assertThat(p.getExpiration()).as("it would vanish").isNull();
    assertThat(p.getUserId()).as("it would be refused").isNull();
    assertThat(p.getDeliveryMode()).isEqualTo(2);
    Map<String, Object> headers = headers(copy);
    assertThat(headers.get("count")).isEqualTo(3);
    assertThat(headers.get("flag")).isEqualTo(true);
    assertThat(headers).as("it would go elsewhere too").doesNotContainKey("CC");
    assertThat(headers.get("x-amebo-original-CC")).hasToString("[\"other\"]");
    assertThat(headers.get("x-amebo-original-expiration")).hasToString("60000");
    assertThat(headers.get("x-amebo-original-user-id")).hasToString(host.user());
    assertThat(headers.get("x-amebo-original-delivery-mode")).isEqualTo(1);
    assertThat(headers.get("x-amebo-original-content-encoding")).hasToString("gzip");
    assertThat(headers.get("x-amebo-queue")).hasToString("orders");
    assertThat(headers.get("x-amebo-routing-key")).hasToString("orders");
    assertThat(app.channel().messageCount("other")).as("only the producer's own").isEqualTo(1);
  }

  @Test
  void whatCouldNotBeUnpackedStaysAsItWas() throws Exception {
    byte[] broken = {1, 2, 3};
    BasicProperties gzip = Producer.identified().contentEncoding("gzip").build();
    RabbitSinks.Stored copy = copyOf(letter(fromRabbit(gzip, broken)));
    assertThat(copy.body()).isEqualTo(broken);
    assertThat(copy.properties().getContentEncoding()).isEqualTo("gzip");
  }

  @Test
  void longReasonsAreCutAndHugeHeadersLeftOut() throws Exception {
    Message huge = fromKafka(new byte[1], Header.of("h", "x".repeat(100_000)));
    DeadLetter letter =
        new DeadLetter(AT, huge, "", DeadLetter.Stage.MAPPING, "y".repeat(1_000_000), List.of());
    Map<String, Object> headers = headers(copyOf(letter));
    assertThat(headers.get("x-amebo-detail").toString()).hasSize(1_001).endsWith("…");
    assertThat(headers).doesNotContainKeys("h", "x-amebo-route", "x-amebo-action");
    assertThat(headers.get("x-amebo-headers-omitted")).isEqualTo(1);
  }

  @Test
  void aBodyThatTheBrokerDoesNotTakeIsLeftInTheFiles() throws Exception {
    node.control("eval", "application:set_env(rabbit, max_message_size, 100000).");
    try (DeadLetterCopies copies = copies()) {
      for (int i = 0; i < 2; i++) { // the broker's limit is not known, and is known
        Object unused =
            copies
                .send(letter(fromKafka(new byte[100_001])))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
      }
    } finally {
      node.control("eval", "application:set_env(rabbit, max_message_size, 134217728).");
    }
    assertThat(RabbitSinks.take(host.uri(), "letters"))
        .hasSize(2)
        .allSatisfy(c -> assertThat(c.body()).isEmpty())
        .allSatisfy(c -> assertThat(headers(c).get("x-amebo-body-omitted")).isEqualTo(100_001));
  }

  @Test
  void whatNoQueueTakesIsAFailureUntilOneDoes() throws Exception {
    app.channel().exchangeDeclare("dead", "direct", true);
    DeadLetter letter = letter(fromKafka(new byte[1]));
    try (DeadLetterCopies copies = factory(host.uri(), "exchange: dead\nroutingKey: all").open()) {
      assertThatThrownBy(() -> copies.send(letter).toCompletableFuture().get(20, TimeUnit.SECONDS))
          .hasMessageContainingAll("deadLetters: exchange dead", "NO_ROUTE", "bind one");
      app.channel().queueBind("letters", "dead", "all");
      Object unused = copies.send(letter).toCompletableFuture().get(20, TimeUnit.SECONDS);
      app.channel().exchangeDelete("dead");
      assertThatThrownBy(() -> copies.send(letter).toCompletableFuture().get(20, TimeUnit.SECONDS))
          .hasMessageContainingAll("no exchange 'dead'", "create it again");
    }
    assertThat(RabbitSinks.take(host.uri(), "letters")).hasSize(1);
  }

  @Test
  void aBrokerThatIsAwayAtTheStartIsWaitedFor() throws Exception {
    DeadLetter letter = letter(fromKafka(new byte[1]));
    try (Relay relay = node.relay()) {
      relay.refuse();
      CopiesFactory factory = factory(host.uriAt(relay.endpoint()), "queue: letters");
      assertThatThrownBy(factory::inspect)
          .isInstanceOf(SinkException.class)
          .hasMessageContainingAll("deadLetters: RabbitMQ at", "deadLetters.rabbitmq.uri");
      try (DeadLetterCopies copies = factory.open()) {
        assertThatThrownBy(
                () -> copies.send(letter).toCompletableFuture().get(20, TimeUnit.SECONDS))
            .hasMessageContaining("does not answer");
        relay.accept();
        await()
            .untilAsserted(
                () ->
                    assertThat(copies.send(letter).toCompletableFuture())
                        .succeedsWithin(java.time.Duration.ofSeconds(10)));
      }
    }
    assertThat(RabbitSinks.take(host.uri(), "letters")).hasSize(1);
  }

  @Test
  void whatIsNotThereStopsTheStart() throws Exception {
    for (String target : List.of("queue: lettres", "exchange: lettres")) {
      CopiesFactory factory = factory(host.uri(), target);
      assertThatThrownBy(factory::open)
          .isInstanceOfSatisfying(
              SinkException.class, e -> assertThat(e.temporary()).as(e.getMessage()).isFalse())
          .hasMessageContainingAll("lettres", "is not there; create it")
          .hasMessageNotContaining(host.password());
      assertThatThrownBy(factory::inspect).hasMessageContaining("is not there");
    }
    CopiesFactory wrong = factory(host.uri().replace(host.password(), "wrong"), "queue: letters");
    assertThatThrownBy(wrong::open).hasMessageContaining("refused the login");
  }

  @Test
  void lookingPublishesNothing() throws Exception {
    app.publish("letters", "there already");
    assertThat(factory(host.uri(), "queue: letters").inspect())
        .singleElement()
        .asString()
        .contains("queue letters", host.name(), "1 messages ready");
    app.channel().exchangeDeclare("dead", "fanout", true);
    assertThat(factory(host.uri(), "exchange: dead").inspect()).hasSize(2);
    assertThat(app.channel().messageCount("letters")).isEqualTo(1);
  }
}
