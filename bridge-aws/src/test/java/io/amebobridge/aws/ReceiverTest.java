package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;

class ReceiverTest {
  /** Fails as a JVM without memory does, so many times; then it has one message each time. */
  private static final class Exhausted implements SqsClient {
    final AtomicInteger left = new AtomicInteger(3);

    @Override
    public ReceiveMessageResponse receiveMessage(ReceiveMessageRequest request) {
      if (left.getAndDecrement() > 0) throw new OutOfMemoryError("as asked for");
      Message message = Message.builder().messageId("m").receiptHandle("h").body("b").build();
      return ReceiveMessageResponse.builder().messages(message).build();
    }

    @Override
    public String serviceName() {
      return "sqs";
    }

    @Override
    public void close() {}
  }

  /** Else the one that tries would be gone, and the others would wait for it for ever. */
  @Test
  void anErrorIsSaidAndEndsNoReceiver() throws Exception {
    SqsSettings settings =
        new SqsSources("http://localhost:1", "orders").with("waitTime", "0s").settings();
    QueueName name = QueueName.parse("orders");
    SqsQueue queue = new SqsQueue(name, "http://q", Duration.ofMinutes(1), Map.of(), null);
    SqsHandOver handOver = new SqsHandOver();
    Exhausted sqs = new Exhausted();
    Trouble trouble = new Trouble(LoggerFactory.getLogger(getClass()), "a test");
    ReceiveGate gate = new ReceiveGate(10, 1 << 20, trouble);
    List<Thread> threads = new ArrayList<>();
    try (SqsCalls calls = new SqsCalls("test", handOver, 2)) {
      QueueReader reader =
          new QueueReader(settings, name, new QueueReader.Clients(sqs, sqs, calls, null), handOver);
      for (int i = 0; i < 2; i++) {
        Thread thread = new Thread(new Receiver(settings, queue, reader, gate, sqs, handOver));
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
      }
      await().until(() -> String.valueOf(trouble.why()).contains("OutOfMemoryError"));
      await().until(() -> !handOver.takeArrivals().isEmpty());
      assertThat(trouble.why()).isNull();
      assertThat(threads).allMatch(Thread::isAlive);
    } finally {
      gate.close();
      for (Thread thread : threads) thread.join(5_000);
    }
  }
}
