package io.amebobridge.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import io.amebobridge.core.Inventory;
import io.amebobridge.core.SourceException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The inventory of a broker that has a little of everything. */
class InventoryTest {
  private BrokerFixture broker;
  private Channel channel;

  @BeforeEach
  void prepare() throws Exception {
    broker = new BrokerFixture();
    channel = broker.producer.channel();
    broker.producer.declare("plain", "classic").declare("safe", "quorum").declare("log", "stream");
    channel.queueDeclare(
        "orders",
        true,
        false,
        false,
        Map.of(
            "x-max-length",
            100,
            "x-dead-letter-exchange",
            "dead",
            "x-single-active-consumer",
            true));
    channel.exchangeDeclare("in", "topic", true);
    channel.exchangeDeclare("mid", "headers", true, false, true, Map.of());
    channel.exchangeDeclare("dead", "fanout", true);
    channel.exchangeDeclare("last", "fanout", true);
    channel.exchangeDeclare(
        "out", "direct", false, true, false, Map.of("alternate-exchange", "last"));
    channel.exchangeBind("mid", "in", "order.#");
    channel.exchangeBind("out", "mid", "", Map.of("x-match", "all", "to", "orders"));
    channel.exchangeBind("in", "out", "back"); // a circle
    channel.queueBind("orders", "out", "");
    channel.queueBind("orders", "in", "direct.*");
  }

  @AfterEach
  void end() throws Exception {
    if (broker != null) broker.close();
  }

  private RabbitSources sources() {
    return new RabbitSources(broker.host.uri(), "orders");
  }

  private Inventory inventory(String management) throws Exception {
    return sources().factory(management).inventory().orElseThrow();
  }

  private JsonNode json(Inventory inventory) {
    return JsonMapper.shared().valueToTree(inventory.json());
  }

  private static JsonNode named(JsonNode list, String name) {
    return list.values().stream()
        .filter(n -> n.path("name").asString("").equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void hasQueuesLimitsConsumersAndWays() throws Exception {
    broker.policy("limits", "^orders$", "{\"max-length\":50,\"message-ttl\":60000}");
    broker.operatorPolicy("ops", "^orders$", "{\"max-length\":70,\"expires\":900000}");
    channel.basicQos(7);
    channel.basicConsume("orders", false, "legacy", new DefaultConsumer(channel));
    byte[] body = "x".getBytes(StandardCharsets.UTF_8);
    broker.producer.publish("", "plain", Producer.identified().build(), body);
    await()
        .untilAsserted(
            () -> {
              JsonNode queues = queues(json(inventory(broker.management())));
              assertThat(named(queues, "plain").path("ready").asInt(-1)).isEqualTo(1);
              assertThat(named(queues, "orders").path("consumers").size()).isEqualTo(1);
              JsonNode inForce = named(queues, "orders").path("inForce");
              assertThat(inForce.path("maxLength").asInt(-1)).isEqualTo(50);
            });
    JsonNode json = json(inventory(broker.management()));
    assertThat(json.path("version").asString("")).matches("\\d+\\..*");
    JsonNode queues = queues(json);
    assertThat(named(queues, "plain").path("type").asString("")).isEqualTo("classic");
    assertThat(named(queues, "safe").path("type").asString("")).isEqualTo("quorum");
    assertThat(named(queues, "log").path("type").asString("")).isEqualTo("stream");
    JsonNode orders = named(queues, "orders");
    assertThat(orders.path("durable").asBoolean(false)).isTrue();
    assertThat(orders.path("policy").asString("")).isEqualTo("limits");
    assertThat(orders.path("operatorPolicy").asString("")).isEqualTo("ops");
    JsonNode inForce = orders.path("inForce");
    assertThat(inForce.path("messageTtlMillis").asInt(-1)).isEqualTo(60_000);
    assertThat(inForce.path("expiresMillis").asInt(-1)).isEqualTo(900_000);
    assertThat(inForce.path("deadLetterExchange").asString("")).isEqualTo("dead");
    assertThat(inForce.path("singleActiveConsumer").asBoolean(false)).isTrue();
    assertThat(inForce.path("overflow").isNull()).isTrue();
    JsonNode consumer = orders.path("consumers").path(0);
    assertThat(consumer.path("tag").asString("")).isEqualTo("legacy");
    assertThat(consumer.path("prefetch").asInt(-1)).isEqualTo(7);
    assertThat(consumer.path("ackMode").asString("")).isEqualTo("manual");
    assertThat(consumer.path("connection").asString("")).contains("127.0.0.1");
    assertThat(orders.path("bindings").size()).as("with the default one").isEqualTo(3);
  }

  private JsonNode queues(JsonNode json) {
    return named(json.path("virtualHosts"), broker.host.name()).path("queues");
  }

  @Test
  void followsExchangesBackToWherePublishersSend() throws Exception {
    Inventory inventory = inventory(broker.management());
    List<String> ways =
        inventory.tables().stream()
            .filter(t -> t.title().startsWith("ways"))
            .flatMap(t -> t.rows().stream())
            .filter(r -> r.get(0).equals("orders"))
            .map(r -> r.get(1))
            .toList();
    assertThat(ways)
        .containsExactlyInAnyOrder(
            "out (direct) ----> orders",
            "mid (headers) -- {to=orders, x-match=all}--> out (direct) ----> orders",
            "in (topic) --order.#--> mid (headers) -- {to=orders, x-match=all}--> out (direct)"
                + " ----> orders",
            "in (topic) --direct.*--> orders",
            "out (direct) --back--> in (topic) --direct.*--> orders",
            "mid (headers) -- {to=orders, x-match=all}--> out (direct) --back--> in (topic)"
                + " --direct.*--> orders");
    JsonNode exchanges =
        named(json(inventory).path("virtualHosts"), broker.host.name()).path("exchanges");
    assertThat(named(exchanges, "out").path("alternate").asString("")).isEqualTo("last");
    assertThat(named(exchanges, "out").path("autoDelete").asBoolean(false)).isTrue();
    assertThat(named(exchanges, "mid").path("internal").asBoolean(false)).isTrue();
  }

  @Test
  void policiesAreShown() throws Exception {
    broker.policy("limits", "^orders$", "{\"max-length\":50}");
    Inventory full = inventory(broker.management());
    assertThat(full.warnings()).isEmpty();
    assertThat(full.tables())
        .anyMatch(t -> t.title().startsWith("policies") && t.rows().toString().contains("limits"));
    JsonNode policies = named(json(full).path("virtualHosts"), broker.host.name()).path("policies");
    assertThat(named(policies, "limits").path("definition").path("max-length").asInt(0))
        .isEqualTo(50);
  }

  @Test
  void oneVirtualHostOrAllThatTheUserSees() throws Exception {
    String own = broker.host.name();
    assertThat(json(inventory(broker.management())).path("virtualHosts").size()).isEqualTo(1);
    String all = broker.management().replace("}", ", allVirtualHosts: true}");
    assertThat(named(json(inventory(all)).path("virtualHosts"), own).path("queues").size())
        .isEqualTo(4);
  }

  @Test
  void withoutAManagementApiItSaysHow() throws Exception {
    assertThatThrownBy(() -> sources().factory().inventory())
        .isInstanceOf(SourceException.class)
        .hasMessageContainingAll("sources.shop.management is missing", "uri: http://host:15672");
  }
}
