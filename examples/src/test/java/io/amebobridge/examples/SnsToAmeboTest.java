package io.amebobridge.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.brokers.FreePorts;
import io.amebobridge.cli.demo.AmeboProcess;
import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.AmeboHttpClient;
import io.amebobridge.client.ApplicationSpec;
import io.amebobridge.client.Credentials;
import io.amebobridge.client.EventQuery;
import io.amebobridge.client.PublishResult;
import io.amebobridge.client.PublishResult.Status;
import io.amebobridge.client.Secret;
import io.amebobridge.client.SubscriptionSpec;
import io.amebobridge.server.AmeboServer;
import io.amebobridge.server.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The four steps of {@code aws/README.md}, on stand-ins for SNS and SQS: no order is lost. */
class SnsToAmeboTest {
  private static final Secret PASSWORD = Secret.of("the-administrators-password");
  private static final Secret ORDERS = Secret.of("the-secret-of-the-order-service");
  private static final Secret EMAIL = Secret.of("the-secret-of-the-email-service");
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path dir;
  private final List<String> mails = new CopyOnWriteArrayList<>();
  private final List<String> hooks = new CopyOnWriteArrayList<>();
  private final OncePerOrder work = new OncePerOrder(mails::add);

  @Test
  void fromSnsToAmeboInFourSteps() throws Exception {
    ServerConfig config =
        ServerConfig.of("sqlite:" + dir.resolve("amebo.db")).withAdmin("admin", PASSWORD);
    try (LocalAws aws = new LocalAws(dir.resolve("aws"));
        AmeboServer server = AmeboServer.start(config);
        AmeboApi amebo = publishing(server);
        Bridge bridge = new Bridge(aws, server.uri())) {
      String topic = aws.topic("orders");
      String queue = aws.queue("mails");
      String subscription = aws.subscribe(topic, queue, true);
      DualPublisher publisher = new DualPublisher(aws.sns, topic, amebo);
      try (LegacyMails legacy = new LegacyMails(aws.sqs, queue, work)) {
        assertThat(legacy).isNotNull();
        publisher.toSns(order(1));
        String own = topicToAction(aws, topic, server, bridge, publisher);
        dualPublishing(aws, own, server, bridge, publisher);
        try (EmailService emails = new EmailService(0, EMAIL, this::hook)) {
          subscribe(server.uri(), emails.port());
          subscriberToWebhook(aws, queue, subscription, publisher);
          withoutSns(aws, own, bridge, publisher);
          assertThat(events(server)).containsExactlyInAnyOrder(orders(2, 3, 4, 5, 6, 7));
          assertThat(hooks).containsExactlyInAnyOrder(orders(5, 6, 7));
          assertThat(mails).containsExactlyInAnyOrder(orders(1, 2, 3, 4, 5, 6, 7));
        }
      }
    }
  }

  /** Step 1; returns the bridge's queue. */
  private String topicToAction(
      LocalAws aws, String topic, AmeboServer server, Bridge bridge, DualPublisher publisher)
      throws Exception {
    PublishOrder.register(server.uri().toString(), PASSWORD, ORDERS);
    String own = aws.queue("orders-to-amebo");
    aws.subscribe(topic, own, false);
    assertThat(bridge.run("check")).contains("queue orders-to-amebo", "all good");
    bridge.start();
    publisher.toSns(order(2));
    awaitEvents(server, 2);
    return own;
  }

  /** Step 2: whichever is second is recognised. */
  private void dualPublishing(
      LocalAws aws, String own, AmeboServer server, Bridge bridge, DualPublisher publisher)
      throws Exception {
    assertThat(result(publisher.toBoth(order(3))).stored()).isTrue();
    awaitEvents(server, 2, 3);
    bridge.stop();
    PublishResult first = result(publisher.toBoth(order(4)));
    assertThat(first.status()).isEqualTo(Status.ACCEPTED);
    assertThat(aws.depth(own)).isOne();
    bridge.start();
    await().atMost(LIMIT).until(() -> aws.depth(own) == 0);
    awaitEvents(server, 2, 3, 4);
  }

  /** Step 3: for a while it is told by both. */
  private void subscriberToWebhook(
      LocalAws aws, String queue, String subscription, DualPublisher publisher) {
    assertThat(result(publisher.toBoth(order(5))).stored()).isTrue();
    await().atMost(LIMIT).until(() -> hooks.size() >= 1);
    aws.sns.unsubscribe(u -> u.subscriptionArn(subscription));
    assertThat(result(publisher.toBoth(order(6))).stored()).isTrue();
    await().atMost(LIMIT).until(() -> aws.depth(queue) == 0 && mails.size() >= 6);
  }

  /** Step 4. */
  private void withoutSns(LocalAws aws, String own, Bridge bridge, DualPublisher publisher)
      throws Exception {
    assertThat(result(publisher.toAmebo("7", order(7))).status()).isEqualTo(Status.ACCEPTED);
    await().atMost(LIMIT).until(() -> aws.depth(own) == 0 && mails.size() >= 7);
    String inventory = bridge.run("inventory");
    assertThat(inventory).containsPattern("orders-to-amebo +standard +0 +0 +0 ");
    bridge.stop();
  }

  private void hook(String payload) {
    hooks.add(payload);
    work.accept(payload);
  }

  private static AmeboApi publishing(AmeboServer server) {
    Credentials service = Credentials.application("orders", ORDERS);
    return AmeboHttpClient.builder(server.uri().toString(), service).build();
  }

  private static void subscribe(URI url, int port) throws InterruptedException {
    try (AmeboApi admin =
        AmeboHttpClient.builder(url.toString(), Credentials.user("admin", PASSWORD)).build()) {
      admin.register(new ApplicationSpec("email-service", "http://127.0.0.1:" + port, EMAIL));
      admin.register(
          new SubscriptionSpec(
              "email-service",
              "order.placed",
              "/webhooks/orders",
              EMAIL,
              10,
              SubscriptionSpec.LATEST));
    }
  }

  private static String order(int number) {
    return "{\"orderId\":\"" + number + "\"}";
  }

  private static String[] orders(int... numbers) {
    return IntStream.of(numbers).mapToObj(SnsToAmeboTest::order).toArray(String[]::new);
  }

  private static PublishResult result(CompletionStage<PublishResult> published) {
    return published.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static void awaitEvents(AmeboServer server, int... numbers) throws Exception {
    await().atMost(LIMIT).until(() -> events(server).size() >= numbers.length);
    assertThat(events(server)).containsExactlyInAnyOrder(orders(numbers));
  }

  private static List<String> events(AmeboServer server) throws InterruptedException {
    return server.api().events(new EventQuery(null, null, 0L, 20)).stream()
        .map(e -> e.payload())
        .toList();
  }

  /** The commands of the example's config. */
  private final class Bridge implements AutoCloseable {
    private final Path config;
    private final URI status = URI.create("http://127.0.0.1:" + FreePorts.next());
    private final Map<String, String> environment;
    private final AmeboProcess bridge;

    Bridge(LocalAws aws, URI amebo) throws IOException {
      environment = new HashMap<>(aws.environment());
      environment.put("AMEBO_URL", amebo.toString());
      environment.put("ORDERS_SECRET", ORDERS.reveal());
      String http = "http: {port: %d}\n".formatted(status.getPort());
      String example = Files.readString(Path.of("aws", "bridge.yaml"));
      config = Files.writeString(dir.resolve("bridge.yaml"), example + http);
      bridge = amebo("run");
    }

    private AmeboProcess amebo(String verb) {
      return new AmeboProcess(
          status, dir.resolve(verb + ".log"), List.of(verb, "-c", config.toString()), environment);
    }

    /** What it printed. */
    String run(String verb) throws IOException {
      try (AmeboProcess command = amebo(verb)) {
        command.start();
        await().atMost(LIMIT).until(() -> !command.isAlive());
      }
      return Files.readString(dir.resolve(verb + ".log"));
    }

    void start() throws IOException, InterruptedException {
      bridge.start();
      bridge.awaitReady();
    }

    void stop() throws IOException, InterruptedException {
      bridge.stop(Duration.ofSeconds(20));
    }

    @Override
    public void close() {
      bridge.close();
    }
  }
}
