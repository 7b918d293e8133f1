package io.amebobridge.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.brokers.FreePorts;
import io.amebobridge.brokers.Relay;
import io.amebobridge.client.Secret;
import io.amebobridge.core.SourceException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The management API's answers, and the words for what goes wrong with it. */
class ManagementTest {
  private BrokerFixture broker;

  @BeforeEach
  void prepare() throws Exception {
    broker = new BrokerFixture();
  }

  @AfterEach
  void end() throws Exception {
    if (broker != null) broker.close();
  }

  private Management at(String uri, String user, String password, String timeout)
      throws SourceException {
    return new Management(
        new ManagementSettings(
            "sources.shop.management",
            URI.create(uri),
            user,
            Secret.of(password),
            false,
            Duration.parse(timeout),
            Map.of()));
  }

  private Management at(String uri) throws SourceException {
    return at(uri, broker.host.user(), broker.host.password(), "PT20S");
  }

  private String url() {
    return broker.node.management().url();
  }

  private void assertFails(Management management, boolean temporary, String... says) {
    assertThatThrownBy(() -> management.list("/api/queues/" + broker.host.name()))
        .isInstanceOfSatisfying(
            SourceException.class,
            e -> assertThat(e.temporary()).as(e.getMessage()).isEqualTo(temporary))
        .hasMessageContaining("sources.shop.management")
        .hasMessageContainingAll(says)
        .hasMessageNotContaining(broker.host.password());
  }

  @Test
  void whoMayNotIsToldWhatIsMissing() throws Exception {
    assertFails(
        at(url(), broker.host.user(), "wrong", "PT20S"),
        false,
        "refused user " + broker.host.user(),
        "correct username and password");
    broker.tag(broker.host.user(), broker.host.password(), "");
    assertFails(at(url()), false, "refused user", "rabbitmqctl set_user_tags");
    broker.tag(broker.host.user(), broker.host.password(), "management");
    assertThatThrownBy(() -> at(url()).list("/api/queues/%2F"))
        .hasMessageContainingAll("does not let user", "/api/queues/%2F");
    assertThatThrownBy(() -> at(url()).list("/api/queues/no-such-host"))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("no-such-host");
    assertThat(at(url()).toString()).doesNotContain(broker.host.password());
  }

  @Test
  void anotherPortThanItsOwn() throws Exception {
    assertFails(
        at("http://127.0.0.1:" + FreePorts.next()),
        true,
        "can't be reached",
        "rabbitmq-plugins enable rabbitmq_management");
    assertFails(at("http://" + broker.node.endpoint()), false, "does not speak HTTP", "15672");
    assertFails(at("https://" + url().substring(7)), false, "failed the TLS handshake");
    assertFails(at("http://127.0.0.1:" + broker.node.tlsPort()), false, "does not speak HTTP");
    assertFails(at(url() + "/no/such/place"), false, "correct uri");
  }

  @Test
  void anAnswerThatDoesNotComeIsNotWaitedForForEver() throws Exception {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), URI.create(url()).getPort());
    try (Relay relay = new Relay(address)) {
      Management management =
          at("http://" + relay.endpoint(), broker.host.user(), broker.host.password(), "PT1S");
      assertThat(management.get("/api/overview").isObject()).isTrue();
      relay.stall(true);
      assertFails(management, true, "did not answer within PT1S");
    }
  }

  @Test
  void namesWithAnyCharacters() throws Exception {
    String name = "a/b %2F+ä?#" + broker.host.name();
    String path = Management.part(name);
    broker.node.management().put("/api/vhosts/" + path, "{}");
    try {
      broker
          .node
          .management()
          .put(
              "/api/permissions/" + path + "/" + broker.host.user(),
              "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
      broker.node.management().put("/api/queues/" + path + "/" + path, "{\"durable\":true}");
      Management management = at(url());
      assertThat(management.pages("/api/queues/" + path))
          .singleElement()
          .satisfies(q -> assertThat(q.path("name").asString("")).isEqualTo(name));
      assertThat(management.find("/api/queues/" + path + "/" + path)).isPresent();
      assertThat(management.find("/api/queues/" + path + "/none")).isEmpty();
    } finally {
      broker.node.management().delete("/api/vhosts/" + path);
    }
  }

  @Test
  void thousandsComePageByPage() throws Exception {
    List<String> names = IntStream.range(0, 1_010).mapToObj(i -> "q" + i).toList();
    for (String name : names) {
      broker.producer.channel().queueDeclare(name, false, false, false, Map.of());
    }
    List<JsonNode> all = at(url()).pages("/api/queues/" + broker.host.name());
    Set<String> found = new HashSet<>();
    for (JsonNode q : all) found.add(q.path("name").asString(""));
    assertThat(all).hasSize(names.size());
    assertThat(found).containsExactlyInAnyOrderElementsOf(names);
  }
}
