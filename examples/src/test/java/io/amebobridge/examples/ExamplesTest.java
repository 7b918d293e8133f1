package io.amebobridge.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.aws.SqsConnector;
import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.AmeboHttpClient;
import io.amebobridge.client.ApplicationSpec;
import io.amebobridge.client.Credentials;
import io.amebobridge.client.PublishResult;
import io.amebobridge.client.Secret;
import io.amebobridge.client.SubscriptionSpec;
import io.amebobridge.core.config.BridgeConfig;
import io.amebobridge.core.mapping.MappingTests;
import io.amebobridge.core.mapping.TestResult;
import io.amebobridge.kafka.KafkaConnector;
import io.amebobridge.rabbitmq.RabbitConnector;
import io.amebobridge.server.AmeboServer;
import io.amebobridge.server.ServerConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples do what they say. */
class ExamplesTest {
  private static final Secret PASSWORD = Secret.of("the-administrators-password");
  private static final Secret ORDERS = Secret.of("the-secret-of-the-order-service");
  private static final Secret EMAIL = Secret.of("the-secret-of-the-email-service");

  @TempDir private Path dir;

  @Test
  void aPublishedOrderReachesTheEmailServiceOnce() throws Exception {
    List<String> mails = new CopyOnWriteArrayList<>();
    ServerConfig config =
        ServerConfig.of("sqlite:" + dir.resolve("amebo.db")).withAdmin("admin", PASSWORD);
    try (AmeboServer server = AmeboServer.start(config);
        EmailService emails = new EmailService(0, EMAIL, mails::add)) {
      String url = server.uri().toString();
      PublishOrder.register(url, PASSWORD, ORDERS);
      subscribe(url, emails.port());
      PublishResult first = PublishOrder.publish(url, ORDERS, "4711");
      PublishResult second = PublishOrder.publish(url, ORDERS, "4711");
      assertThat(first.status()).isEqualTo(PublishResult.Status.ACCEPTED);
      assertThat(second).isEqualTo(PublishResult.duplicate(first.event()));
      PublishOrder.publish(url, ORDERS, "4712");
      await().until(() -> mails.size() >= 2);
      assertThat(mails)
          .containsExactlyInAnyOrder("{\"orderId\":\"4711\"}", "{\"orderId\":\"4712\"}");
    }
  }

  private static void subscribe(String url, int port) throws InterruptedException {
    try (AmeboApi amebo =
        AmeboHttpClient.builder(url, Credentials.user("admin", PASSWORD)).build()) {
      amebo.register(new ApplicationSpec("email-service", "http://127.0.0.1:" + port, EMAIL));
      amebo.register(
          new SubscriptionSpec(
              "email-service", "order.*", "/webhooks/orders", EMAIL, 3, SubscriptionSpec.EARLIEST));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"users", "orders", "rabbitmq", "aws"})
  void theConfigsPassTheirOwnTests(String example) throws Exception {
    BridgeConfig config =
        BridgeConfig.read(
            Path.of(example, "bridge.yaml"),
            name -> null,
            List.of(new KafkaConnector(), new RabbitConnector(), new SqsConnector()));
    List<TestResult> results = MappingTests.run(config);
    assertThat(results).isNotEmpty().allSatisfy(r -> assertThat(r.differences()).isEmpty());
  }
}
