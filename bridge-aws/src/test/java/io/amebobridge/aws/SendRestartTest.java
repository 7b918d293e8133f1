package io.amebobridge.aws;

import static io.amebobridge.aws.SendMessages.message;
import static io.amebobridge.aws.SendMessages.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.brokers.FauxqsProcess;
import io.amebobridge.core.Message;
import io.amebobridge.core.MessageSink;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SendResult.Outcome;
import io.amebobridge.testkit.SinkHarness.Stored;
import io.amebobridge.testkit.TestAws;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sink of SQS while the server is killed and comes back: what it accepted is stored. */
class SendRestartTest {
  private static final int LANES = 4;
  private static final int EACH_TIME = 60;

  @TempDir private Path directory;
  private final List<Message> accepted = new ArrayList<>();
  private final AtomicInteger count = new AtomicInteger();
  private volatile boolean wasKilled;
  private volatile boolean over;

  @BeforeEach
  void prepare() {
    TestAws.requireInstalled();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void acceptedIsStored(boolean fifo) throws Exception {
    try (FauxqsProcess server = FauxqsProcess.in(directory)) {
      server.start();
      try (SendHarness harness = SendHarness.queueAt(server.endpoint(), fifo);
          MessageSink sink = harness.newSink()) {
        sink.open();
        CompletableFuture<Integer> refused =
            CompletableFuture.supplyAsync(() -> sendAll(sink, harness.address()));
        await().until(() -> count.get() >= EACH_TIME || refused.isDone());
        server.kill9();
        int whenKilled = count.get();
        server.start();
        wasKilled = true;
        assertThat(refused.get(60, TimeUnit.SECONDS)).as("noticed").isPositive();
        assertThat(count.get()).isGreaterThan(whenKilled);
        // the test's own connection is still to the killed one
        await().ignoreExceptions().until(() -> !harness.sqs.listQueues().queueUrls().isEmpty());
        List<String> stored = harness.stored().stream().map(Stored::id).distinct().toList();
        List<String> sent = accepted.stream().map(Message::id).toList();
        assertThat(stored).containsExactlyInAnyOrderElementsOf(sent);
        for (int lane = 0; fifo && lane < LANES; lane++) {
          String prefix = "lane-" + lane + "-";
          assertThat(stored.stream().filter(id -> id.startsWith(prefix)))
              .as("no later one was stored before an earlier one")
              .isSortedAccordingTo((a, b) -> Integer.compare(number(a), number(b)));
        }
      } finally {
        over = true;
      }
    }
  }

  private static int number(String id) {
    return Integer.parseInt(id.substring(id.lastIndexOf('-') + 1));
  }

  /** As a pump does: what is not accepted is sent again, in order. How many were not. */
  private int sendAll(MessageSink sink, String address) {
    int refused = 0;
    int next = 0;
    int left = EACH_TIME;
    while (left > 0 && !over) {
      List<Message> batch = new ArrayList<>();
      for (int i = 0; i < 2 * LANES; i++, next++) {
        String lane = "lane-" + next % LANES;
        batch.add(message(lane + "-" + next, address, lane));
      }
      while (!batch.isEmpty() && !over) {
        List<Message> again = sendOnce(sink, batch);
        refused += again.size();
        batch = again;
      }
      if (wasKilled) left -= 2 * LANES;
    }
    return refused;
  }

  private List<Message> sendOnce(MessageSink sink, List<Message> batch) {
    List<SendResult> results;
    try {
      results = send(sink, batch);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    List<Message> again = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Outcome outcome = results.get(i).outcome();
      if (outcome == Outcome.ACCEPTED) {
        accepted.add(batch.get(i));
        count.incrementAndGet();
      } else {
        assertThat(outcome).as(results.get(i).detail()).isEqualTo(Outcome.UNAVAILABLE);
        again.add(batch.get(i));
      }
    }
    return again;
  }
}
