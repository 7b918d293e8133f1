package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.brokers.FreePorts;
import io.amebobridge.cli.demo.AmeboProcess;
import io.amebobridge.cli.demo.DemoConfig;
import io.amebobridge.cli.demo.Example;
import io.amebobridge.cli.demo.LogAudit;
import io.amebobridge.cli.demo.Receiver;
import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.AmeboException;
import io.amebobridge.client.AmeboHttpClient;
import io.amebobridge.client.Credentials;
import io.amebobridge.client.Secret;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Server and bridge in processes of their own, and a receiver that fails a tenth of its calls,
 * beside a broker of the test's. Blows fall in the middle of the work, one a round; at the end
 * everything is counted. Confined to the test's thread.
 */
final class Chaos implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Chaos.class);
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Secret PASSWORD = Secret.of("chaos-password");

  /** What goes wrong in a round. */
  interface Blow {
    void fall() throws Exception;
  }

  /** When in its round a blow falls: at once, with the bridge there, or once events flow. */
  enum Moment {
    PRODUCING,
    FLOWING
  }

  private final AtomicLong produced = new AtomicLong();
  private final BitSet sentAgain = new BitSet();
  private final BitSet withNewIdentity = new BitSet();
  private final Path dir;
  private final Example example;
  private final int chunk;
  private final Receiver receiver;
  private final AmeboProcess server;
  private final AmeboApi api;
  private final LogAudit audit;
  private AmeboProcess bridge;
  private int sent;

  /**
   * Starts server and receiver.
   *
   * @param chunk messages of a round
   */
  Chaos(Path dir, Example example, int chunk) throws Exception {
    this.dir = dir;
    this.example = example;
    this.chunk = chunk;
    receiver = Receiver.start(10);
    URI uri = URI.create("http://127.0.0.1:" + FreePorts.next());
    String dsn = "sqlite:" + dir.resolve("amebo.db");
    List<String> serve = List.of("serve", "--port", "" + uri.getPort(), "--dsn", dsn);
    Map<String, String> secrets =
        Map.of(
            "AMEBO_PASSWORD", PASSWORD.reveal(), "AMEBO_SECRET", "chaos-secret-of-the-server-0123");
    server = new AmeboProcess(uri, dir.resolve("server.log"), serve, secrets);
    server.start();
    server.awaitReady();
    Credentials admin = Credentials.user("admin", PASSWORD);
    api = AmeboHttpClient.builder(uri.toString(), admin).build();
    example.registrations().register(api, receiver.uri());
    audit = new LogAudit(api, example::ordered);
  }

  URI server() {
    return server.uri();
  }

  /**
   * Starts the bridge.
   *
   * @param amebo where it finds the server
   * @param mapping its sources and routes
   */
  void bridge(URI amebo, String mapping) throws Exception {
    bridge = newBridge(dir, amebo, mapping);
    bridge.awaitReady();
  }

  /** One beside the bridge, which the caller closes; its files are in this directory. */
  AmeboProcess secondBridge(Path directory, URI amebo, String mapping) throws Exception {
    return newBridge(Files.createDirectory(directory), amebo, mapping);
  }

  private static AmeboProcess newBridge(Path dir, URI amebo, String mapping) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + FreePorts.next());
    Path config = DemoConfig.write(dir, amebo, mapping, uri);
    List<String> run = List.of("run", "-c", config.toString());
    AmeboProcess started = new AmeboProcess(uri, dir.resolve("bridge.log"), run);
    started.start();
    return started;
  }

  void freezeBridge() throws Exception {
    bridge.freeze();
  }

  void thawBridge() throws Exception {
    bridge.thaw();
  }

  void killBridge() throws Exception {
    bridge.kill9();
    bridge.start();
  }

  void killServer() throws Exception {
    server.kill9();
    server.start();
    server.awaitReady();
  }

  /** In order. */
  void stopBridge() throws Exception {
    bridge.stop(Duration.ofSeconds(20));
  }

  /** Whether all that was to be produced until now is in the log. */
  boolean isThrough() throws InterruptedException {
    return events() >= sent;
  }

  /** Whether nothing that the broker has acknowledged is missing in the log, for this moment. */
  boolean isThroughWhatIsProduced() throws InterruptedException {
    long acknowledged = produced.get();
    return events() >= acknowledged;
  }

  /** What the bridge says of its first source. */
  JsonNode status() throws Exception {
    return JsonMapper.shared().readTree(bridge.get("/status")).path("sources").path(0);
  }

  /** So many more messages, with a blow from when a quarter of them is through; they go on. */
  void round(String name, Moment moment, Blow blow) throws Exception {
    if (moment == Moment.PRODUCING) await().atMost(LIMIT).until(bridge::ready);
    int from = sent;
    sent += chunk;
    CountDownLatch fallen = new CountDownLatch(1);
    CompletableFuture<Void> producing =
        CompletableFuture.runAsync(() -> produce(from, from + chunk, fallen));
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> through(moment, producing) >= from + chunk / 4);
    log.info("{}: {} produced, {} events", name, produced, audit.events());
    blow.fall();
    fallen.countDown();
    producing.join();
    log.info("{}: over, all produced", name);
  }

  private long through(Moment moment, CompletableFuture<Void> producing) throws Exception {
    if (producing.isCompletedExceptionally()) producing.join();
    return moment == Moment.PRODUCING ? produced.get() : events();
  }

  private void produce(int from, int to, CountDownLatch fallen) {
    try (Example.Producer producer = example.producer(produced)) {
      producer.send(from, to, fallen);
      synchronized (sentAgain) {
        sentAgain.or(producer.sentAgain());
        withNewIdentity.or(producer.withNewIdentity());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while producing", e);
    }
  }

  /** How many messages the log has; the last known number while the server is away. */
  long events() throws InterruptedException {
    try {
      audit.readOn();
    } catch (AmeboException away) {
      // asked again soon
    }
    return audit.events() - audit.duplicates();
  }

  void assertNothingIsLostNorTwiceNorOutOfOrder() throws Exception {
    await().atMost(LIMIT).until(this::isThrough);
    log.info("all are in the log, {} delivered", receiver.distinct());
    await().atMost(LIMIT).until(() -> receiver.distinct() >= sent);

    audit.readOn();
    log.info(
        "{} events, {} of them a second time, {} calls repeated, {} messages sent again by"
            + " the producer, bridge: {}",
        audit.events(),
        audit.duplicates(),
        receiver.repeated(),
        sentAgain.cardinality(),
        status());
    assertThat(sent - audit.seen().cardinality()).as("lost on the way to the log").isZero();
    assertThat(sent - receiver.distinct()).as("lost on the way to the webhook").isZero();
    BitSet twice = audit.twice();
    twice.andNot(withNewIdentity);
    assertThat(twice.stream()).as("events twice in the log").isEmpty();
    assertThat(audit.events()).isEqualTo(sent + audit.duplicates());
    assertThat(audit.outOfOrder(sentAgain))
        .as("out of their partition's, queue's or group's order")
        .isZero();
    assertThat(DemoConfig.deadLetters(dir)).as("dead letters").isZero();
  }

  @Override
  public void close() {
    if (bridge != null) bridge.close(); // frozen or not
    server.close();
    receiver.close();
    api.close();
  }
}
