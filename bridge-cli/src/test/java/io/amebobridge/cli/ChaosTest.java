package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.brokers.FreePorts;
import io.amebobridge.brokers.KafkaProcess;
import io.amebobridge.cli.demo.AmeboProcess;
import io.amebobridge.cli.demo.DemoConfig;
import io.amebobridge.cli.demo.LogAudit;
import io.amebobridge.cli.demo.Receiver;
import io.amebobridge.cli.demo.UserEvents;
import io.amebobridge.cli.demo.UserRegistrations;
import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.AmeboException;
import io.amebobridge.client.AmeboHttpClient;
import io.amebobridge.client.Credentials;
import io.amebobridge.client.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything dies in turn, under load: bridge, server and broker, each kill -9 and started again,
 * while the receiver fails a tenth of its calls. Nothing may be lost, nothing may stand in the log
 * twice, and each partition keeps its order.
 */
class ChaosTest {
  private static final Logger log = LoggerFactory.getLogger(ChaosTest.class);
  private static final int ROUNDS = Integer.getInteger("amebo.chaos.rounds", 9);
  private static final int CHUNK = 5000;
  private static final int TOTAL = ROUNDS * CHUNK;
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Secret PASSWORD = Secret.of("chaos-password");

  private final AtomicLong produced = new AtomicLong();
  @TempDir private Path dir;
  private KafkaProcess kafka;
  private AmeboProcess server;
  private AmeboProcess bridge;
  private Receiver receiver;
  private AmeboApi api;
  private LogAudit audit;

  @BeforeEach
  void start() throws Exception {
    receiver = Receiver.start(10);
    kafka = KafkaProcess.in(dir.resolve("kafka")).build();
    kafka.start();
    UserEvents.createTopic(kafka.bootstrap(), 4);

    URI serverUri = URI.create("http://127.0.0.1:" + FreePorts.next());
    List<String> serve =
        List.of(
            "serve",
            "--port",
            Integer.toString(serverUri.getPort()),
            "--dsn",
            "sqlite:" + dir.resolve("amebo.db"));
    Map<String, String> secrets =
        Map.of(
            "AMEBO_PASSWORD", PASSWORD.reveal(), "AMEBO_SECRET", "chaos-secret-of-the-server-0123");
    server = new AmeboProcess(serverUri, dir.resolve("server.log"), serve, secrets);
    server.start();
    server.awaitReady();
    Credentials admin = Credentials.user("admin", PASSWORD);
    api = AmeboHttpClient.builder(serverUri.toString(), admin).build();
    UserRegistrations.register(api, receiver.uri());
    audit = new LogAudit(api);

    URI bridgeUri = URI.create("http://127.0.0.1:" + FreePorts.next());
    Path config = DemoConfig.write(dir, serverUri, kafka.bootstrap(), bridgeUri);
    List<String> run = List.of("run", "-c", config.toString());
    bridge = new AmeboProcess(bridgeUri, dir.resolve("bridge.log"), run);
    bridge.start();
    bridge.awaitReady();
  }

  @AfterEach
  void stop() {
    if (bridge != null) bridge.close();
    if (server != null) server.close();
    if (kafka != null) kafka.close();
    if (receiver != null) receiver.close();
    if (api != null) api.close();
  }

  @Test
  @Timeout(600)
  void nothingIsLostWhateverDies() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      int from = round * CHUNK;
      CompletableFuture<Void> producing =
          CompletableFuture.runAsync(() -> produce(from, from + CHUNK));
      // In the middle of its work: the broker while it is written to, the others while events flow.
      boolean broker = round % 3 == 2;
      await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(2))
          .until(() -> (broker ? produced.get() : events()) >= from + CHUNK / 4);
      log.info("round {}: killing, {} produced, {} events", round, produced, audit.events());
      killOne(round);
      producing.join();
      log.info("round {}: back, all produced", round);
    }
    await().atMost(LIMIT).until(() -> events() >= TOTAL);
    log.info("all are in the log, {} delivered", receiver.distinct());
    await().atMost(LIMIT).until(() -> receiver.distinct() >= TOTAL);

    audit.readOn();
    log.info("{} events, {} calls repeated", audit.events(), receiver.repeated());
    assertThat(TOTAL - audit.seen().cardinality()).as("lost on the way to the log").isZero();
    assertThat(TOTAL - receiver.distinct()).as("lost on the way to the webhook").isZero();
    assertThat(audit.duplicates()).as("events twice in the log").isZero();
    assertThat(audit.events()).isEqualTo(TOTAL);
    assertThat(audit.outOfOrder()).as("events out of their partition's order").isZero();
    assertThat(DemoConfig.deadLetters(dir)).as("dead letters").isZero();
  }

  private void killOne(int round) throws Exception {
    switch (round % 3) {
      case 0 -> {
        bridge.kill9();
        bridge.start();
      }
      case 1 -> {
        server.kill9();
        server.start();
        server.awaitReady();
      }
      default -> {
        kafka.kill9();
        kafka.start();
      }
    }
  }

  private void produce(int from, int to) {
    try (UserEvents.Producer producer = new UserEvents.Producer(kafka.bootstrap(), produced)) {
      producer.send(from, to);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many events the log has; the last known number while the server is away. */
  private long events() throws InterruptedException {
    try {
      return audit.readOn().events();
    } catch (AmeboException away) {
      return audit.events();
    }
  }
}
