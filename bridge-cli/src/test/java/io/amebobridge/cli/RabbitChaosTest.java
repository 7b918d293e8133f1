package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.amebobridge.brokers.RabbitVirtualHost;
import io.amebobridge.brokers.Relay;
import io.amebobridge.cli.Chaos.Moment;
import io.amebobridge.cli.demo.OrderMessages;
import io.amebobridge.testkit.TestRabbit;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RabbitMQ under load, with a quorum queue and a durable classic one: the node, the server and the
 * bridge are killed -9, connections are cut at once and in the middle of a frame, and a silent
 * Amebo lets the prefetch fill up. Of what was confirmed to the producer, nothing may be lost, and
 * nothing may stand in the log twice: the message-id tells.
 *
 * <p>Order is held to as well, per queue, for every message that was published once. It can be
 * promised because both queues have a single active consumer: RabbitMQ then gives the next consumer
 * nothing before all that the last one held is back in its place. Without that it is so where the
 * node notices the end of a connection before the bridge has a new one, which is no promise. What a
 * producer publishes again, since it was told nothing, has two places in the queue.
 */
class RabbitChaosTest {
  private static final Logger log = LoggerFactory.getLogger(RabbitChaosTest.class);
  private static final int ROUNDS = Integer.getInteger("amebo.chaos.rounds", 6);
  private static final int CHUNK = 6_000;
  private static final int PREFETCH = 200;
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String SINGLE = "x-single-active-consumer";

  @TempDir private Path dir;

  @Test
  @Timeout(600)
  void nothingIsLostWhateverHappens() throws Exception {
    TestRabbit rabbit = TestRabbit.shared();
    RabbitVirtualHost host = rabbit.newVirtualHost();
    List<OrderMessages.Queue> queues =
        List.of(
            new OrderMessages.Queue("safe", Map.of("x-queue-type", "quorum", SINGLE, true)),
            new OrderMessages.Queue("plain", Map.of("x-queue-type", "classic", SINGLE, true)));
    OrderMessages example = new OrderMessages(host.uri(), "order", queues);
    example.declare();
    rabbit.awaitWritten();
    try (Chaos chaos = new Chaos(dir, example, CHUNK);
        Relay toRabbit = rabbit.node().relay();
        Relay toAmebo = relayTo(chaos.server())) {
      chaos.bridge(
          URI.create("http://" + toAmebo.endpoint()),
          example
              .mapping()
              .replace(host.uri(), host.uriAt(toRabbit.endpoint()))
              .replace("read: takeover", "read: takeover\n    prefetch: " + PREFETCH));
      for (int round = 0; round < ROUNDS; round++) {
        switch (round % 6) {
          case 0 -> chaos.round("bridge", Moment.FLOWING, chaos::killBridge);
          case 1 -> chaos.round("node", Moment.PRODUCING, () -> killNode(rabbit));
          case 2 -> chaos.round("cuts", Moment.FLOWING, () -> cut(chaos, toRabbit));
          case 3 ->
              chaos.round(
                  "silent Amebo, node",
                  Moment.FLOWING,
                  () -> {
                    fillPrefetch(chaos, toAmebo);
                    killNode(rabbit);
                    toAmebo.stall(false);
                  });
          case 4 -> chaos.round("server", Moment.FLOWING, chaos::killServer);
          default ->
              chaos.round(
                  "node and bridge",
                  Moment.FLOWING,
                  () -> {
                    rabbit.node().kill9();
                    chaos.killBridge();
                    rabbit.node().start();
                  });
        }
      }
      chaos.assertNothingIsLostNorTwiceNorOutOfOrder();
      chaos.stopBridge();
      await().atMost(LIMIT).untilAsserted(() -> assertEmpty(host, queues));
    }
  }

  /** What was not acknowledged would be back by now. */
  private static void assertEmpty(RabbitVirtualHost host, List<OrderMessages.Queue> queues)
      throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(host.uri());
    try (Connection connection = factory.newConnection()) {
      Channel channel = connection.createChannel();
      for (OrderMessages.Queue queue : queues) {
        var found = channel.queueDeclarePassive(queue.name());
        assertThat(found.getConsumerCount()).as("consumers of %s", queue).isZero();
        assertThat(found.getMessageCount()).as("messages left in %s", queue).isZero();
      }
    }
  }

  private static Relay relayTo(URI uri) throws Exception {
    return new Relay(new InetSocketAddress(InetAddress.getLoopbackAddress(), uri.getPort()));
  }

  private static void killNode(TestRabbit rabbit) throws Exception {
    rabbit.node().kill9();
    rabbit.node().start();
  }

  /** Both queues' windows are full: the bridge holds what it has, and is sent no more. */
  private static void fillPrefetch(Chaos chaos, Relay toAmebo) throws Exception {
    toAmebo.stall(true);
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(chaos.status().path("inFlight").asInt()).isEqualTo(2 * PREFETCH));
    log.info("the prefetch is full");
  }

  /**
   * At once, then in the middle of frames, after some deliveries: acknowledgements are lost too.
   */
  private static void cut(Chaos chaos, Relay toRabbit) throws Exception {
    toRabbit.cut();
    for (int cut = 1; cut <= 3; cut++) {
      long enough = chaos.status().path("received").asLong() + PREFETCH;
      toRabbit.cutAfter(10_000L * cut + 7);
      await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(2))
          .until(() -> chaos.status().path("received").asLong() >= enough);
    }
  }
}
