package io.amebobridge.rabbitmq;

import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.amebobridge.brokers.RabbitVirtualHost;
import io.amebobridge.core.Message;
import io.amebobridge.core.Router;
import io.amebobridge.core.config.BridgeConfig;
import io.amebobridge.core.mapping.MappingRouter;
import io.amebobridge.testkit.TestRabbit;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the mapping sees of a message, and who it says it is. */
class RabbitMessageTest {
  private RabbitVirtualHost host;
  private Producer producer;

  @BeforeEach
  void prepare() throws Exception {
    host = TestRabbit.shared().newVirtualHost();
    producer = new Producer(host.uri()).declare("orders", "classic");
    producer.channel().exchangeDeclare("shop", "topic", true);
    producer.channel().queueBind("orders", "shop", "#");
  }

  @AfterEach
  void end() throws Exception {
    if (producer != null) producer.close();
    if (host != null) host.delete();
  }

  private RabbitSources sources() {
    return new RabbitSources(host.uri(), "orders");
  }

  private Message one(RabbitSources sources) throws Exception {
    try (RabbitSource source = sources.create()) {
      source.open();
      var got = read(source, 1);
      source.settle(got);
      return got.get(0).message();
    }
  }

  private Message sent(BasicProperties properties, byte[] body) throws Exception {
    producer.publish("shop", "order.created", properties, body);
    return one(sources());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, Object> everyType() {
    Map<String, Object> headers = new HashMap<>();
    headers.put("text", "grün");
    headers.put("int", 7);
    headers.put("long", 9_007_199_254_740_993L);
    headers.put("short", (short) 3);
    headers.put("flag", true);
    headers.put("double", 0.25);
    headers.put("decimal", new BigDecimal("12.50"));
    headers.put("time", Date.from(Instant.parse("2026-01-31T12:00:00Z")));
    headers.put("bytes", new byte[] {0, -1});
    headers.put("nothing", null);
    headers.put("list", List.of("a", 1));
    headers.put("table", Map.of("inner", Map.of("deep", List.of(1, 2))));
    return headers;
  }

  /** The client's own limit is 64 MiB: it would end the connection each time. */
  @Test
  void whateverRabbitTakesIsRead() throws Exception {
    byte[] large = new byte[(64 << 20) + 1];
    assertThat(sent(new BasicProperties(), large).body()).hasSize(large.length);
  }

  @Test
  void aMessageCarriesItsCoordinatesPropertiesAndTypedHeaders() throws Exception {
    BasicProperties properties =
        new BasicProperties.Builder()
            .messageId("m-1")
            .contentType("application/json")
            .correlationId("c")
            .replyTo("r")
            .priority(4)
            .deliveryMode(2)
            .timestamp(Date.from(Instant.parse("2026-02-01T00:00:00Z")))
            .type("t")
            .appId("a")
            .expiration("60000")
            .headers(everyType())
            .build();
    Message m = sent(properties, utf8("{}"));
    assertThat(m.id()).isEqualTo("rabbitmq:shop:" + host.name() + ":orders:m-1");
    assertThat(m.address()).isEqualTo("orders");
    assertThat(m.body()).isEqualTo(utf8("{}"));
    assertThat(m.key()).isNull();
    assertThat(m.origin().timestamp()).isEqualTo(Instant.parse("2026-02-01T00:00:00Z"));
    assertThat(m.origin().lane()).isEqualTo("orders");
    assertThat(m.origin().error()).isNull();
    Map<String, Object> seen = m.origin().variables();
    assertThat(seen)
        .containsEntry("queue", "orders")
        .containsEntry("exchange", "shop")
        .containsEntry("routingKey", "order.created")
        .containsEntry("redelivered", false)
        .containsEntry("messageId", "m-1");
    assertThat(seen.get("properties"))
        .isEqualTo(
            Map.of(
                "messageId", "m-1",
                "contentType", "application/json",
                "correlationId", "c",
                "replyTo", "r",
                "priority", 4,
                "deliveryMode", 2,
                "timestamp", "2026-02-01T00:00:00.000Z",
                "type", "t",
                "appId", "a",
                "expiration", "60000"))
        .isEqualTo(seen.get("attributes"));
    Map<String, Object> headers = new HashMap<>(everyType());
    headers.put("short", 3);
    headers.put("time", "2026-01-31T12:00:00.000Z");
    headers.put("bytes", "AP8=");
    assertThat(seen.get("headers")).isEqualTo(headers);
    assertThat(m.headers()).anySatisfy(h -> assertThat(h.value()).isEqualTo(new byte[] {0, -1}));
  }

  @Test
  void theMappingSeesThemWithTheirTypes(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("bridge.yaml");
    String yaml =
        """
        amebo: {url: "http://localhost:1", application: a, secret: s}
        deadLetters: {file: ./letters}
        sources:
          shop:
            rabbitmq: {uri: "amqp://localhost"}
            queue: orders
            read: takeover
        routes:
          - from: {source: shop, routingKey: typed}
            payload:
              number: "{{ $headers.int + 1 }}"
              long: "{{ $headers.long }}"
              price: "{{ $headers.decimal }}"
              deep: "{{ $headers.table.inner.deep[1] }}"
              time: "{{ $headers.time }}"
              type: "{{ $properties.contentType }}"
              again: "{{ $redelivered }}"
          - from: {source: shop}
        tests:
          - input:
              {routingKey: typed, exchange: shop, headers: {int: 1, table: {inner: {deep: [1, 2]}}}}
            filtered: nothing
        """;
    Files.writeString(file, yaml);
    BridgeConfig config = BridgeConfig.read(file, name -> null, List.of(new RabbitConnector()));
    Router router = MappingRouter.factory(config).get();
    BasicProperties properties =
        Producer.identified().contentType("application/json").headers(everyType()).build();
    producer.publish("shop", "typed", properties, utf8("{}"));
    Message typed = one(sources());
    assertThat(event(router, typed).address()).isEqualTo("shop.typed");
    assertThat(event(router, typed).body())
        .asString()
        .isEqualToIgnoringWhitespace(
            """
            {"number": 8, "long": 9007199254740993, "price": 12.50, "deep": 2,
             "time": "2026-01-31T12:00:00.000Z", "type": "application/json", "again": false}
            """);

    producer.publish("", "orders", Producer.identified().build(), utf8("{}"));
    assertThat(event(router, one(sources())).address()).as("default exchange").isEqualTo("orders");
    producer.publish("shop", "", Producer.identified().build(), utf8("{}"));
    assertThat(event(router, one(sources())).address()).as("no routing key").isEqualTo("shop");
  }

  private static Message event(Router router, Message message) {
    Router.Routing routing = router.route(message);
    assertThat(routing).isInstanceOf(Router.Mapped.class);
    return ((Router.Mapped) routing).messages().get(0);
  }

  @Test
  void aBodyIsUnpackedAndInUtf8() throws Exception {
    String text = "{\"name\":\"grün\"}";
    assertThat(body("gzip", null, gzip(utf8(text)))).isEqualTo(text);
    assertThat(body("deflate", null, deflate(utf8(text)))).isEqualTo(text);
    assertThat(body("deflate, gzip", null, gzip(deflate(utf8(text))))).isEqualTo(text);
    assertThat(body("UTF-8", "application/json", utf8(text))).isEqualTo(text);
    byte[] latin = text.getBytes(StandardCharsets.ISO_8859_1);
    assertThat(body(null, "application/json; charset=\"ISO-8859-1\"", latin)).isEqualTo(text);
    assertThat(body("iso-8859-1", "text/plain", latin)).isEqualTo(text);
  }

  private String body(String encoding, String type, byte[] raw) throws Exception {
    var properties = Producer.identified().contentEncoding(encoding).contentType(type).build();
    Message m = sent(properties, raw);
    assertThat(m.origin().error()).isNull();
    return new String(m.body(), StandardCharsets.UTF_8);
  }

  @Test
  void aBodyThatCantBeUnpackedIsStillADelivery() throws Exception {
    byte[] body = {1, 2, 3};
    for (String encoding : List.of("gzip", "deflate", "br")) {
      Message m = sent(Producer.identified().contentEncoding(encoding).build(), body);
      assertThat(m.origin().error()).contains("content-encoding " + encoding);
      assertThat(m.body()).isEqualTo(body);
    }
    producer.publish(
        "shop",
        "bomb",
        Producer.identified().contentEncoding("gzip").build(),
        gzip(new byte[100_000]));
    Message bomb = one(sources().with("maxBodyBytes", "64KiB"));
    assertThat(bomb.origin().error()).contains("more than 65536 bytes");
  }

  private static byte[] gzip(byte[] bytes) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream zip = new GZIPOutputStream(out)) {
      zip.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] deflate(byte[] bytes) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream zip = new DeflaterOutputStream(out)) {
      zip.write(bytes);
    }
    return out.toByteArray();
  }

  @Test
  void whoAMessageIsComesFromWhereTheConfigSays() throws Exception {
    BasicProperties properties =
        new BasicProperties.Builder().correlationId("c-1").headers(Map.of("event-id", 42)).build();
    byte[] body = utf8("{\"meta\":{\"id\":\"b-1\"},\"n\":12345678901234567890,\"d\":1.5}");
    List<String> ids = new ArrayList<>();
    List<String> rules =
        List.of(
            "messageId",
            "property:correlationId",
            "header:event-id",
            "body:meta.id",
            "body:n",
            "body:d");
    for (String rule : rules) {
      producer.publish("shop", "k", properties, body);
      Message m = one(sources().with("identity", rule));
      ids.add(m.id() == null ? "none" : m.id().substring(m.id().lastIndexOf(':') + 1));
    }
    assertThat(ids)
        .isEqualTo(Arrays.asList("none", "c-1", "42", "b-1", "12345678901234567890", "none"));
    String tooLong = "x".repeat(250);
    Message m = sent(new BasicProperties.Builder().messageId(tooLong).build(), body);
    assertThat(m.id()).startsWith("rabbitmq:sha256:").hasSizeLessThan(100);
  }
}
