package io.amebobridge.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import io.amebobridge.core.Connector.Inspection;
import io.amebobridge.core.SourceException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a shadow would declare is said before, and what can't be one is refused with the reason. */
class ShadowCheckTest {
  private BrokerFixture broker;
  private Channel channel;

  @BeforeEach
  void prepare() throws Exception {
    broker = new BrokerFixture();
    channel = broker.producer.channel();
    broker.producer.declare("orders", "classic");
    channel.exchangeDeclare("x", "topic", true);
    channel.queueBind("orders", "x", "order.*");
  }

  @AfterEach
  void end() throws Exception {
    if (broker != null) broker.close();
  }

  private ShadowSources sources() {
    return new ShadowSources(broker.host.uri()).bind("{exchange: x, routingKey: 'order.*'}");
  }

  private ShadowSources managed() {
    return sources().with("management", broker.management());
  }

  private static void assertRefused(ShadowSources sources, String... says) {
    assertThatThrownBy(() -> sources.factory().inspect(0))
        .isInstanceOfSatisfying(
            SourceException.class, e -> assertThat(e.temporary()).as(e.getMessage()).isFalse())
        .hasMessageContainingAll(says);
    assertThatThrownBy(
            () -> {
              try (RabbitSource source = sources.create()) {
                source.open();
              }
            })
        .isInstanceOf(SourceException.class)
        .hasMessageContainingAll(says);
  }

  private static void open(ShadowSources sources) throws Exception {
    try (RabbitSource source = sources.create()) {
      source.open();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsMissingIsSaidThenDeclaredThenTheSame(boolean withManagement) throws Exception {
    ShadowSources sources = withManagement ? managed() : sources();
    String before = broker.declared();
    Inspection first = sources.factory().inspect(1);
    assertThat(broker.declared()).as("looking declares nothing").isEqualTo(before);
    assertThat(first.facts())
        .anyMatch(f -> f.contains("read: shadow") && f.contains("confirms wait"))
        .anyMatch(
            f ->
                f.startsWith("queue " + ShadowSources.QUEUE + ", durable")
                    && f.contains("x-max-length=1000000")
                    && f.contains("x-overflow=drop-head")
                    && f.endsWith(": will be declared"))
        .anyMatch(
            f ->
                f.startsWith(
                        "binding of " + ShadowSources.QUEUE + " to exchange x with key order.*")
                    && f.endsWith(": will be declared"))
        .anyMatch(
            f -> f.startsWith("queue " + ShadowSources.DROPPED) && f.endsWith("will be declared"))
        .anyMatch(f -> f.contains("queue orders: 0 messages ready") && f.contains("not touched"));

    open(sources);
    String declared = broker.declared();
    assertThat(declared).contains(ShadowSources.QUEUE).isNotEqualTo(before);
    Inspection second = sources.factory().inspect(0);
    assertThat(second.facts())
        .filteredOn(f -> f.startsWith("queue amebo") && f.contains(", durable"))
        .hasSize(2)
        .allMatch(f -> f.endsWith("is there already, the same"));
    assertThat(second.facts())
        .filteredOn(f -> f.startsWith("binding of"))
        .singleElement()
        .asString()
        .endsWith(
            withManagement
                ? "is there already, the same"
                : "(AMQP does not tell; the management API does)");
    assertThat(second.warnings())
        .anyMatch(w -> w.contains(withManagement ? "default exchange" : "without management"));
    open(sources);
    assertThat(broker.declared()).as("a second run changes nothing").isEqualTo(declared);
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "quorum"})
  void aQueueThatDiffersIsRefused(String type) throws Exception {
    ShadowSources sources = sources().shadow("type", type);
    open(sources);
    String declared = broker.declared();
    assertRefused(
        sources.shadow("maxLength", "5"),
        "is there and differs",
        "x-max-length",
        "changes no queue");
    assertThat(broker.declared()).isEqualTo(declared);
    channel.queueDelete(ShadowSources.QUEUE);
    channel.queueDeclare(ShadowSources.QUEUE, true, false, false, Map.of());
    assertRefused(sources, "is there and differs");
  }

  @ParameterizedTest
  @CsvSource({
    "x-consistent-hash, share",
    "x-modulus-hash, share",
    "x-random, share",
    "x-recent-history, not known"
  })
  void anExchangeThatDoesNotCopyIsRefused(String type, String says) throws Exception {
    channel.exchangeDeclare("odd", type, true);
    String before = broker.declared();
    ShadowSources odd =
        new ShadowSources(broker.host.uri()).bind("{exchange: odd, routingKey: '1'}");
    assertRefused(odd, "exchange odd", type, says);
    assertRefused(odd.with("management", broker.management()), "exchange odd", type, says);
    assertThat(broker.declared()).isEqualTo(before);
  }

  @Test
  void anExchangeThatIsMissingIsNotMadeByAskingForIt() throws Exception {
    String before = broker.declared();
    ShadowSources missing = new ShadowSources(broker.host.uri()).bind("{exchange: nowhere}");
    assertRefused(missing, "there is no exchange nowhere", "declares no exchanges");
    assertRefused(missing.with("management", broker.management()), "no exchange nowhere");
    assertThat(broker.declared()).isEqualTo(before);
  }

  /** As if each thing were deleted between the look and the probe. */
  @Test
  void noProbeCreatesAnything() throws Exception {
    String before = broker.declared();
    for (String type : List.of("classic", "quorum")) {
      ShadowSettings each = settings(type);
      for (Map<String, Object> arguments : List.of(each.arguments(), each.droppedArguments())) {
        assertThat(Probe.differenceOf(connection(), "no-such-queue", arguments)).isEmpty();
      }
    }
    assertThat(Probe.typeOf(connection(), "no-such-exchange")).isEmpty();
    assertThat(broker.declared()).isEqualTo(before);
    for (String type : List.of("fanout", "direct", "topic", "headers")) {
      channel.exchangeDeclare("of-" + type, type, true);
      channel.exchangeDeclare("also-" + type, type, false, true, Map.of());
      assertThat(Probe.typeOf(connection(), "of-" + type)).contains(type);
      assertThat(Probe.typeOf(connection(), "also-" + type)).contains(type);
      assertThat(Probe.typeOf(connection(), "amq." + type)).contains(type);
    }
  }

  private static ShadowSettings settings(String type) {
    return new ShadowSettings(
        "orders", "q", type, 5, 5000, "q.dropped", List.of(), false, Duration.ZERO);
  }

  private Connection connection() {
    return channel.getConnection();
  }

  @Test
  void policiesUnderWhichItIsNoShadowAreRefused() throws Exception {
    broker.tag(broker.host.user(), broker.host.password(), "policymaker");
    Map<String, String> bad =
        Map.of(
            "{\"overflow\":\"reject-publish\"}", "refuse publishers",
            "{\"max-length\":10}", "max-length 10, less than",
            "{\"max-length-bytes\":10}", "max-length-bytes 10, less than",
            "{\"message-ttl\":1000}", "message-ttl",
            "{\"expires\":100000}", "expires");
    for (var each : bad.entrySet()) {
      broker.policy("p", "^amebo-bridge", each.getKey());
      assertRefused(
          managed(), "policy p", "applies to queue " + ShadowSources.QUEUE, each.getValue());
    }
    broker.policy("p", "^another$", "{\"overflow\":\"reject-publish\"}");
    open(managed());
    broker.policy("p", "amebo", "{\"overflow\":\"reject-publish\"}");
    await().untilAsserted(() -> assertRefused(managed(), "policy p", "refuse publishers"));
    broker.policy("p", "^another$", "{\"overflow\":\"reject-publish\"}");
    broker.operatorPolicy("op", ".*", "{\"max-length\":7}");
    await().untilAsserted(() -> assertRefused(managed(), "policy op", "max-length 7"));
    channel.queueDelete(ShadowSources.QUEUE);
    channel.queueDelete(ShadowSources.DROPPED);
    assertRefused(managed(), "policy op", "max-length 7");
  }

  @Test
  void whereTheCopiesWouldDifferIsWarnedOf() throws Exception {
    channel.exchangeDeclare("unrouted", "fanout", true);
    channel.exchangeDeclare("y", "direct", true, false, Map.of("alternate-exchange", "unrouted"));
    channel.queueBind("orders", "y", "k1");
    broker.policy("old", "^orders$", "{\"message-ttl\":60000,\"max-length\":3}");
    ShadowSources sources = managed().bind("{exchange: y, routingKey: k2}");
    await()
        .untilAsserted(
            () ->
                assertThat(sources.factory().inspect(0).warnings())
                    .anyMatch(
                        w -> w.contains("bound to exchange y with key k1, and the shadow is not"))
                    .anyMatch(
                        w ->
                            w.contains("the shadow is bound to exchange y with key k2")
                                && w.contains("mandatory")
                                && w.contains("alternate exchange unrouted"))
                    .anyMatch(
                        w ->
                            w.contains("queue orders expires messages")
                                && w.contains("drops messages at its bound"))
                    .anyMatch(w -> w.contains("through the default exchange, is not copied")));
    open(sources);
    channel.queueBind(ShadowSources.QUEUE, "x", "extra.#");
    assertThat(sources.factory().inspect(0).warnings())
        .anyMatch(w -> w.contains("does not name, to exchange x with key extra.#"));
  }

  @Test
  void consumersOfOthersAreRefusedOrWarnedOf() throws Exception {
    open(managed());
    channel.basicConsume(ShadowSources.QUEUE, false, "thief", new DefaultConsumer(channel));
    assertThat(sources().factory().inspect(0).warnings())
        .anyMatch(w -> w.contains(ShadowSources.QUEUE + " has consumers (1)"));
    await().untilAsserted(() -> assertRefused(managed(), "thief of", "take copies"));
    channel.basicCancel("thief");
    try (RabbitSource own = managed().create()) {
      own.open();
      await().pollInSameThread().untilAsserted(() -> open(managed()));
    }
  }

  @Test
  void aUserWithoutPermissionsIsToldWhich() throws Exception {
    String reader = broker.user("", "^$", "^$", "^(amebo-bridge.*|x)$");
    ShadowSources sources = new ShadowSources(reader).bind("{exchange: x, routingKey: 'order.*'}");
    assertRefused(sources, "type of exchange x", "management", "may not configure");
    String configures = broker.user("", "^x$", "^$", "^(amebo-bridge.*|x)$");
    assertThatThrownBy(
            () -> open(new ShadowSources(configures).bind("{exchange: x, routingKey: 'order.*'}")))
        .isInstanceOf(SourceException.class)
        .hasMessageContainingAll(
            "may not do what a shadow needs", "rabbitmqctl set_permissions -p", "amq\\.default");
    String managing = broker.user("management", "^$", "^$", "^(amebo-bridge.*|x)$");
    ShadowSources managed =
        new ShadowSources(managing)
            .bind("{exchange: x, routingKey: 'order.*'}")
            .with("management", broker.management());
    assertThat(managed.factory().inspect(0).facts()).anyMatch(f -> f.endsWith("will be declared"));
    open(sources()); // by somebody who may
    open(managed);
    Inspection found = managed.factory().inspect(0);
    assertThat(found.facts()).filteredOn(f -> f.endsWith("already, the same")).hasSize(3);
    assertThat(found.toString()).doesNotContain("hush-");
  }

  /** Exactly what the message asks for is enough. */
  @Test
  void thePermissionsThatAreAskedForAreEnough() throws Exception {
    String own = "^(amebo-bridge\\\\.shop\\\\.orders(\\\\.dropped)?)$";
    String write = "^(amebo-bridge\\\\.shop\\\\.orders(\\\\.dropped)?|amq\\\\.default)$";
    String read = "^(amebo-bridge\\\\.shop\\\\.orders(\\\\.dropped)?|x)$";
    String user = broker.user("management", own, write, read);
    open(
        new ShadowSources(user)
            .bind("{exchange: x, routingKey: 'order.*'}")
            .with("management", broker.management()));
    assertThat(broker.declared()).contains(ShadowSources.DROPPED);
  }
}
