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

/** The example of RabbitMQ, on a real one: the legacy consumer and Amebo each have every order. */
class SideBySideTest {
  private static final Secret BRIDGE = Secret.of("the-secret-of-the-legacy-bridge");
  private static final String COPY = "analytics-amebo";

  @TempDir private Path dir;

  @Test
  void theLegacyConsumerAndTheBridgeEachHaveEveryOrder() throws Exception {
    String uri = TestRabbit.shared().newVirtualHost().uri();
    List<String> legacy = new CopyOnWriteArrayList<>();
    URI status = URI.create("http://127.0.0.1:" + FreePorts.next());
    Path config =
        Files.writeString(
            dir.resolve("bridge.yaml"),
            Files.readString(Path.of("rabbitmq", "bridge.yaml"))
                + "http: {port: %d}\n".formatted(status.getPort()));
    try (AmeboServer server =
            AmeboServer.start(ServerConfig.of("sqlite:" + dir.resolve("amebo.db")));
        LegacyAnalytics analytics = new LegacyAnalytics(uri, legacy::add);
        Connection producer = connect(uri);
        AmeboProcess bridge =
            new AmeboProcess(
                status,
                dir.resolve("bridge.log"),
                List.of("run", "-c", config.toString()),
                Map.of(
                    "AMEBO_URL", server.uri().toString(),
                    "AMEBO_APPLICATION_SECRET", BRIDGE.reveal(),
                    "RABBITMQ", uri))) {
      assertThat(analytics).isNotNull();
      AmeboApi amebo = server.api();
      register(amebo);
      Channel channel = producer.createChannel();
      declareCopy(channel);
      for (String key : LegacyAnalytics.ROUTING_KEYS) publish(channel, key);
      bridge.start();
      await().atMost(Duration.ofSeconds(60)).until(() -> events(amebo).size() >= 2);
      assertThat(events(amebo))
          .containsExactly("order.placed o-placed", "order.completed o-completed");
      await().until(() -> legacy.size() >= 2);
      assertThat(legacy)
          .containsExactly("{\"orderId\":\"o-placed\"}", "{\"orderId\":\"o-completed\"}");
    }
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

  /** What the comment of the config says. */
  private static void declareCopy(Channel channel) throws Exception {
    channel.queueDeclare(COPY, true, false, false, Map.of());
    for (String key : LegacyAnalytics.ROUTING_KEYS) {
      channel.queueBind(COPY, LegacyAnalytics.EXCHANGE, key);
    }
  }

  private static void publish(Channel channel, String key) throws Exception {
    String body = "{\"orderId\":\"o-" + key + "\"}";
    BasicProperties properties =
        new BasicProperties.Builder().deliveryMode(2).messageId("m-" + key).build();
    channel.basicPublish(
        LegacyAnalytics.EXCHANGE, key, properties, body.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> events(AmeboApi amebo) throws InterruptedException {
    return amebo.events(new EventQuery(null, null, 0L, 10)).stream()
        .map(e -> e.action() + e.payload().replaceAll("\\{\"orderId\":\"(.*)\"}", " $1"))
        .toList();
  }
}
