package io.amebobridge.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.amebobridge.brokers.FreePorts;
import io.amebobridge.cli.demo.AmeboProcess;
import io.amebobridge.client.ActionSpec;
import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.ApplicationSpec;
import io.amebobridge.client.EventQuery;
import io.amebobridge.client.Secret;
import io.amebobridge.server.AmeboServer;
import io.amebobridge.server.ServerConfig;
import io.amebobridge.testkit.TestRabbit;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example of RabbitMQ, on a real one: the legacy consumer and Amebo each have every order, and
 * the takeover at the end repeats nothing.
 */
class SideBySideTest {
  private static final Secret BRIDGE = Secret.of("the-secret-of-the-legacy-bridge");

  @TempDir private Path dir;
  private final URI status;
  private final List<String> legacy = new CopyOnWriteArrayList<>();
  private Map<String, String> environment = Map.of();

  SideBySideTest() throws IOException {
    status = URI.create("http://127.0.0.1:" + FreePorts.next());
  }

  @Test
  void theLegacyConsumerAndTheBridgeEachHaveEveryOrderAndTheTakeoverRepeatsNone() throws Exception {
    String uri = TestRabbit.shared().newVirtualHost().uri();
    String example = Files.readString(Path.of("rabbitmq", "bridge.yaml"));
    Path copies = config("copies.yaml", example);
    try (AmeboServer server =
            AmeboServer.start(ServerConfig.of("sqlite:" + dir.resolve("amebo.db")));
        Connection producer = connect(uri)) {
      environment =
          Map.of(
              "AMEBO_URL", server.uri().toString(),
              "AMEBO_APPLICATION_SECRET", BRIDGE.reveal(),
              "RABBITMQ", uri);
      AmeboApi amebo = server.api();
      register(amebo);
      Channel channel = producer.createChannel();
      try (AmeboProcess bridge = amebo("run", copies)) {
        try (LegacyAnalytics analytics = new LegacyAnalytics(uri, legacy::add)) {
          assertThat(analytics).isNotNull();
          assertThat(check(copies))
              .contains("queue amebo-bridge.shop.analytics")
              .contains("will be declared");
          bridge.start();
          bridge.awaitReady();
          publish(channel, "placed", "1");
          publish(channel, "completed", "1");
          awaitEvents(amebo, "order.placed 1", "order.completed 1");
          await().until(() -> legacy.size() >= 2);
          assertThat(legacy).containsExactly("{\"orderId\":\"1\"}", "{\"orderId\":\"1\"}");
        }
        publish(channel, "placed", "2"); // waits in the queue, and is copied
        awaitEvents(amebo, "order.placed 1", "order.completed 1", "order.placed 2");
      }
      Path takeover =
          config(
              "takeover.yaml",
              example
                  .replaceFirst("read: shadow", "read: takeover")
                  .replaceFirst("(?m)^ {4}shadow:\\R(^ {6}.*\\R)+", ""));
      try (AmeboProcess bridge = amebo("run", takeover)) {
        bridge.start();
        bridge.awaitReady();
        publish(channel, "placed", "3");
        awaitEvents(
            amebo, "order.placed 1", "order.completed 1", "order.placed 2", "order.placed 3");
        bridge.stop(Duration.ofSeconds(20));
      }
      assertThat(legacy).hasSize(2);
      assertThat(channel.messageCount(LegacyAnalytics.QUEUE)).isZero();
    }
  }

  private Path config(String name, String yaml) throws Exception {
    return Files.writeString(
        dir.resolve(name), yaml + "http: {port: %d}\n".formatted(status.getPort()));
  }

  private AmeboProcess amebo(String verb, Path config) {
    Path log = dir.resolve(verb + "." + config.getFileName() + ".log");
    return new AmeboProcess(status, log, List.of(verb, "-c", config.toString()), environment);
  }

  private String check(Path config) throws Exception {
    try (AmeboProcess check = amebo("check", config)) {
      check.start();
      await().atMost(Duration.ofSeconds(60)).until(() -> !check.isAlive());
    }
    return Files.readString(dir.resolve("check." + config.getFileName() + ".log"));
  }

  private static void awaitEvents(AmeboApi amebo, String... expected) throws Exception {
    await().atMost(Duration.ofSeconds(60)).until(() -> events(amebo).size() >= expected.length);
    assertThat(events(amebo)).containsExactly(expected);
  }

  private static Connection connect(String uri) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(uri);
    return factory.newConnection();
  }

  private static void register(AmeboApi amebo) throws InterruptedException {
    amebo.register(new ApplicationSpec("legacy-bridge", "http://127.0.0.1:1", BRIDGE));
    for (String key : LegacyAnalytics.ROUTING_KEYS) {
      amebo.register(
          new ActionSpec("order." + key, "legacy-bridge", "{\"type\":\"object\"}", BRIDGE));
    }
  }

  private static void publish(Channel channel, String key, String order) throws Exception {
    String body = "{\"orderId\":\"" + order + "\"}";
    BasicProperties properties =
        new BasicProperties.Builder().deliveryMode(2).messageId(key + "-" + order).build();
    channel.basicPublish(
        LegacyAnalytics.EXCHANGE, key, properties, body.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> events(AmeboApi amebo) throws InterruptedException {
    return amebo.events(new EventQuery(null, null, 0L, 10)).stream()
        .map(e -> e.action() + e.payload().replaceAll("\\{\"orderId\":\"(.*)\"}", " $1"))
        .toList();
  }
}
