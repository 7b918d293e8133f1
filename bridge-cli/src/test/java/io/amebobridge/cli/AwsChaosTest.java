package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.brokers.FauxqsProcess;
import io.amebobridge.brokers.Relay;
import io.amebobridge.cli.Chaos.Moment;
import io.amebobridge.cli.demo.AmeboProcess;
import io.amebobridge.cli.demo.Aws;
import io.amebobridge.cli.demo.OrderTopics;
import io.amebobridge.testkit.FaultyAws;
import io.amebobridge.testkit.TestAws;
import io.amebobridge.testkit.UnreliableAws;
import io.amebobridge.testkit.UnreliableAws.Fault;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * SNS and SQS under load, with a standard and a FIFO queue and a visibility of two seconds: SQS,
 * the Amebo server and the bridge are killed -9, Amebo is silent for longer than the visibility,
 * the bridge is frozen until all that it holds has been given out again, alone and with another
 * bridge on its queues. All the while SQS throttles, loses answers, deletes half of what it should
 * and gives messages out twice. Of what SNS confirmed nothing may be lost, no message may be two
 * events, and each message group keeps its order.
 */
class AwsChaosTest {
  private static final Logger log = LoggerFactory.getLogger(AwsChaosTest.class);
  private static final int ROUNDS = Integer.getInteger("amebo.chaos.rounds", 7);
  private static final long SEED = Long.getLong("amebo.chaos.seed", System.nanoTime());
  private static final int CHUNK = 800;
  private static final int PREFETCH = 200;
  private static final Duration VISIBILITY = Duration.ofSeconds(2);
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Map<Fault, Double> SHARES =
      Map.of(
          Fault.THROTTLED, 0.02,
          Fault.ANSWER_LOST, 0.004,
          Fault.DELETED_IN_PART, 0.03,
          Fault.GIVEN_OUT_AGAIN, 0.04);

  @TempDir private Path dir;

  @Test
  @Timeout(600)
  void nothingIsLostWhateverHappens() throws Exception {
    TestAws.requireInstalled();
    log.info("-Damebo.chaos.seed={}", SEED);
    UnreliableAws worst = new UnreliableAws(SEED, SHARES);
    try (FauxqsProcess server = FauxqsProcess.in(dir.resolve("aws"));
        FaultyAws before = new FaultyAws(server.endpoint())) {
      server.start();
      OrderTopics example = new OrderTopics(Aws.at(server.endpoint()), "", VISIBILITY);
      example.declare();
      before.script(worst);
      String mapping =
          example
              .mapping()
              .replace(server.endpoint(), before.endpoint())
              .replace("read: takeover", "read: takeover\n    prefetch: " + PREFETCH);
      try (Chaos chaos = new Chaos(dir, example, CHUNK);
          Relay toAmebo = relayTo(chaos.server());
          SqsClient sqs = AwsOfTests.sqs(server.endpoint())) {
        chaos.bridge(URI.create("http://" + toAmebo.endpoint()), mapping);
        Queues queues = new Queues(sqs, example);
        for (int round = 0; round < ROUNDS; round++) {
          switch (round % 7) {
            case 0 ->
                chaos.round(
                    "bridge, that could not delete",
                    Moment.FLOWING,
                    () -> killBeforeItDeletes(chaos, worst));
            case 1 -> chaos.round("SQS", Moment.PRODUCING, () -> kill(server));
            case 2 ->
                chaos.round(
                    "frozen", Moment.FLOWING, () -> freezeUntilNothingIsHeld(chaos, queues));
            case 3 ->
                chaos.round(
                    "silent Amebo, SQS",
                    Moment.FLOWING,
                    () -> {
                      silentWhileItIsRenewed(toAmebo, before);
                      kill(server);
                      toAmebo.stall(false);
                    });
            case 4 ->
                chaos.round(
                    "frozen, and another takes over",
                    Moment.FLOWING,
                    () -> freezeWhileAnotherReads(chaos, queues, worst, mapping));
            case 5 -> chaos.round("server", Moment.FLOWING, chaos::killServer);
            default ->
                chaos.round(
                    "SQS and bridge",
                    Moment.FLOWING,
                    () -> {
                      server.kill9();
                      chaos.killBridge();
                      server.start();
                    });
          }
        }
        chaos.assertNothingIsLostNorTwiceNorOutOfOrder();
        log.info("SQS at its worst: {}", worst.counts());
        assertThat(worst.counts()).containsOnlyKeys(SHARES.keySet());
        await().atMost(LIMIT).untilAsserted(() -> assertThat(queues.left()).isZero());
        chaos.stopBridge();
      }
    }
  }

  private static Relay relayTo(URI uri) throws Exception {
    return new Relay(new InetSocketAddress(InetAddress.getLoopbackAddress(), uri.getPort()));
  }

  private static void kill(FauxqsProcess server) throws Exception {
    server.kill9();
    server.start();
  }

  /** Amebo has them, and SQS gives all of them out again. */
  private static void killBeforeItDeletes(Chaos chaos, UnreliableAws worst) throws Exception {
    acceptWithoutDeleting(chaos, worst);
    chaos.killBridge();
    worst.deletes(true);
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(() -> chaos.status().path("duplicates").asLong() > 0);
    log.info("what came again was known");
  }

  private static void acceptWithoutDeleting(Chaos chaos, UnreliableAws worst) throws Exception {
    worst.deletes(false);
    long enough = chaos.events() + PREFETCH / 4;
    await().atMost(LIMIT).until(() -> chaos.events() >= enough);
  }

  /** What the bridge holds is for others meanwhile, and it wakes up with it in its hands. */
  private static void freezeUntilNothingIsHeld(Chaos chaos, Queues queues) throws Exception {
    chaos.freezeBridge();
    try {
      await().atMost(LIMIT).until(queues::nothingIsHeld);
      log.info("all that the bridge held is visible, {} in all", queues.left());
    } finally {
      chaos.thawBridge();
    }
  }

  /** All that the frozen bridge holds, in Amebo or not, is read and deleted by another. */
  private void freezeWhileAnotherReads(
      Chaos chaos, Queues queues, UnreliableAws worst, String mapping) throws Exception {
    acceptWithoutDeleting(chaos, worst);
    chaos.freezeBridge();
    worst.deletes(true);
    try (AmeboProcess second = chaos.secondBridge(dir.resolve("second"), chaos.server(), mapping)) {
      second.awaitReady();
      await().atMost(LIMIT).until(() -> chaos.isThroughWhatIsProduced());
      log.info("the other has read all, {} left", queues.left());
      chaos.thawBridge();
      second.stop(LIMIT);
    } finally {
      chaos.thawBridge();
    }
  }

  /** Amebo does not answer; what waits for it is renewed more than once. */
  private static void silentWhileItIsRenewed(Relay toAmebo, FaultyAws sqs) throws Exception {
    toAmebo.stall(true);
    long since = System.nanoTime();
    long renewed = renewals(sqs);
    await()
        .atMost(LIMIT)
        .until(
            () ->
                System.nanoTime() - since > 2 * VISIBILITY.toNanos()
                    && renewals(sqs) >= renewed + 4);
    log.info("renewed {} times", renewals(sqs) - renewed);
  }

  private static long renewals(FaultyAws sqs) {
    return sqs.requests().stream()
        .filter(r -> r.action().equals("ChangeMessageVisibilityBatch"))
        .count();
  }

  /** What SQS says of the queues. */
  private static final class Queues {
    private final SqsClient sqs;
    private final OrderTopics example;

    Queues(SqsClient sqs, OrderTopics example) {
      this.sqs = sqs;
      this.example = example;
    }

    /** By nobody but us: the server counts anew only when it is asked for messages. */
    boolean nothingIsHeld() {
      for (OrderTopics.Fan fan : example.fans()) {
        String url = url(fan);
        sqs.receiveMessage(r -> r.queueUrl(url).visibilityTimeout(0));
      }
      return sum(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE)
          <= example.fans().size();
    }

    int left() {
      return sum(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE)
          + sum(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES);
    }

    private String url(OrderTopics.Fan fan) {
      return sqs.getQueueUrl(q -> q.queueName(fan.queue())).queueUrl();
    }

    private int sum(QueueAttributeName attribute) {
      return example.fans().stream()
          .map(this::url)
          .map(url -> sqs.getQueueAttributes(q -> q.queueUrl(url).attributeNames(attribute)))
          .mapToInt(found -> Integer.parseInt(found.attributes().get(attribute)))
          .sum();
    }
  }
}
