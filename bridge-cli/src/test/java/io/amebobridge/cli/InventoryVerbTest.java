package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.brokers.FreePorts;
import io.amebobridge.brokers.RabbitProcess;
import io.amebobridge.brokers.RabbitVirtualHost;
import io.amebobridge.testkit.TestRabbit;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code amebo inventory}, of a real RabbitMQ. */
class InventoryVerbTest {
  @TempDir Path dir;
  private RabbitVirtualHost host;
  private String management;

  @BeforeEach
  void prepare() throws Exception {
    RabbitProcess node = TestRabbit.shared().node();
    host = node.newVirtualHost();
    management = node.management().url();
    String user = "{\"password\":\"%s\",\"tags\":\"management\"}".formatted(host.password());
    node.management().put("/api/users/" + host.user(), user);
    for (String queue : new String[] {"orders", "a%1B%5B31mb%0A"}) {
      node.management().put("/api/queues/" + host.name() + "/" + queue, "{\"durable\":true}");
    }
  }

  @AfterEach
  void end() throws Exception {
    if (host != null) host.delete();
  }

  private Cli inventory(String uri, Object... more) throws Exception {
    String yaml =
        """
        amebo: {url: "http://127.0.0.1:1", application: a, secret: an-application-secret}
        sources:
          events:
            kafka: {bootstrap.servers: "127.0.0.1:1", group.id: g}
            start: earliest
          shop:
            rabbitmq: {uri: "%s"}
            management: {uri: "%s", timeout: 5s}
            queue: orders
            read: takeover
        routes:
          - from: {source: events, topic: t}
          - from: {source: shop}
        deadLetters: {file: letters}
        """
            .formatted(host.uri(), uri);
    Object[] all = new Object[3 + more.length];
    all[0] = "inventory";
    all[1] = "--config";
    all[2] = TestConfigs.write(dir, yaml);
    System.arraycopy(more, 0, all, 3, more.length);
    Cli cli = Cli.run(all);
    assertThat(cli.out() + cli.err()).doesNotContain(host.password());
    return cli;
  }

  @Test
  void asTables() throws Exception {
    Cli cli = inventory(management);
    assertThat(cli.exitCode()).as(cli.err()).isZero();
    assertThat(cli.out())
        .contains("source events: there is no inventory of kafka yet")
        .contains("shop: queues of virtual host " + host.name())
        .containsPattern("  queue +type +is +ready")
        .containsPattern("  orders +classic +durable")
        .contains("shop: consumers of virtual host " + host.name() + ": none");
    assertThat(cli.out().replace("\n", "").chars()).noneMatch(Character::isISOControl);
  }

  @Test
  void asJson() throws Exception {
    Cli cli = inventory(management, "--source", "shop", "--json");
    assertThat(cli.exitCode()).as(cli.err()).isZero();
    assertThat(cli.out().lines()).hasSize(1);
    JsonNode sources = cli.json().path("sources");
    assertThat(sources.size()).isEqualTo(1);
    JsonNode queues = sources.path("shop").path("virtualHosts").path(0).path("queues");
    assertThat(queues.values()).extracting(q -> q.path("name").asString("")).contains("orders");
    assertThat(cli.json().path("failures").isEmpty()).isTrue();
  }

  @Test
  void whatFailsIsSaid() throws Exception {
    String nowhere = "http://127.0.0.1:" + FreePorts.next();
    Cli cli = inventory(nowhere, "--source", "shop");
    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.out()).contains("FAILED   source shop", nowhere, "can't be reached");
    Cli json = inventory(nowhere, "--json");
    assertThat(json.exitCode()).isEqualTo(1);
    assertThat(json.json().path("failures").size()).isEqualTo(1);
    Cli unknown = inventory(management, "--source", "nobody");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err()).contains("--source: got nobody, allowed: [events, shop]");
  }
}
