package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.client.StoredEvent;
import io.amebobridge.core.amebo.AmeboSink;
import io.amebobridge.core.amebo.AmeboSinkSettings;
import io.amebobridge.core.config.BridgeConfig;
import io.amebobridge.core.config.ConfigException;
import io.amebobridge.core.mapping.MappingRouter;
import io.amebobridge.core.pump.PumpClock;
import io.amebobridge.core.pump.PumpParts;
import io.amebobridge.core.pump.PumpSettings;
import io.amebobridge.core.pump.RunPump;
import io.amebobridge.testkit.AwsFaultProxy;
import io.amebobridge.testkit.FakeAmebo;
import io.amebobridge.testkit.MemoryDeadLetters;
import io.amebobridge.testkit.TestAws;
import io.amebobridge.testkit.TestElasticMq;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From a queue to Amebo while either side misbehaves: nothing lost, nothing twice. */
class SqsPumpTest {
  private static final int MESSAGES = 150;

  private final String queue = TestAws.unique("orders");
  private final String fifo = TestAws.unique("payments") + ".fifo";
  private final MemoryDeadLetters letters = new MemoryDeadLetters();
  private final FakeAmebo amebo = FakeAmebo.ours();
  private AwsFaultProxy proxy;
  private SqsProducer producer;
  private RunPump pump;
  private Thread thread;

  @BeforeEach
  void start() throws Exception {
    String endpoint = TestElasticMq.shared().endpoint();
    proxy = new AwsFaultProxy(endpoint);
    producer = new SqsProducer(endpoint);
    producer.queue(queue);
    producer.queue(fifo);
    BridgeConfig config = config();
    SqsSources sources = new SqsSources(proxy.endpoint(), queue, fifo).with("waitTime", "0s");
    PumpParts parts =
        new PumpParts(
            "shop",
            () -> source(sources),
            MappingRouter.factory(config),
            new AmeboSink(amebo.client(), AmeboSinkSettings.defaults(FakeAmebo.APPLICATION)),
            letters);
    pump =
        new RunPump(parts, PumpSettings.defaults(), new SimpleMeterRegistry(), PumpClock.system());
    thread = new Thread(pump, "pump-shop");
  }

  private static SqsSource source(SqsSources sources) {
    try {
      return sources.create();
    } catch (ConfigException e) {
      throw new IllegalStateException(e);
    }
  }

  private static BridgeConfig config() throws ConfigException {
    String yaml =
        """
        amebo: {url: "http://localhost:3310", application: a, secret: s}
        sources:
          shop: {sqs: {region: eu-west-1}, queue: unused, read: takeover}
        routes:
          - from: {source: shop}
            action: sold
        deadLetters: {file: letters}
        """;
    return BridgeConfig.parse(
        "bridge.yaml", yaml, Path.of("/tmp"), name -> null, List.of(new SqsConnector()));
  }

  @AfterEach
  void end() throws Exception {
    pump.stop();
    thread.join(15_000);
    producer.close();
    proxy.close();
    amebo.close();
  }

  private static List<String> numbered(String prefix) {
    return IntStream.range(0, MESSAGES)
        .mapToObj(i -> "{\"id\":\"%s-%d\"}".formatted(prefix, i))
        .toList();
  }

  private List<String> stored(String prefix) {
    return amebo.events().stream()
        .map(StoredEvent::payload)
        .map(payload -> payload.replace(" ", ""))
        .filter(payload -> payload.contains("\"" + prefix + "-"))
        .toList();
  }

  @Test
  void nothingIsLostAndNothingIsTwice() throws Exception {
    List<String> plain = numbered("plain");
    List<String> ordered = numbered("ordered");
    producer.send(queue, null, plain.subList(0, 100));
    producer.send(fifo, "g", ordered.subList(0, 100));
    thread.start();
    await().until(() -> stored("plain").size() > 10);

    amebo.stop(); // for longer than messages are hidden: they are renewed
    proxy.failEntries("ChangeMessageVisibilityBatch", 400, "ReceiptHandleIsInvalid", 2);
    int renewals = proxy.calls("ChangeMessageVisibilityBatch");
    await().until(() -> proxy.calls("ChangeMessageVisibilityBatch") > renewals + 4);
    proxy.failEntries("DeleteMessageBatch", 500, "InternalError", 3);
    proxy.failEntries("DeleteMessageBatch", 400, "InvalidParameterValue", 3);
    proxy.refuse("ReceiveMessage", "", 400, "RequestThrottled", 5);
    proxy.loseAnswer("ReceiveMessage", "plain-", 2);
    amebo.start();
    producer.send(queue, null, plain.subList(100, MESSAGES));
    producer.send(fifo, "g", ordered.subList(100, MESSAGES));

    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> producer.count(queue) + producer.count(fifo) == 0);
    assertThat(stored("plain")).containsExactlyInAnyOrderElementsOf(plain);
    assertThat(stored("ordered")).containsExactlyElementsOf(ordered);
    assertThat(letters.letters()).isEmpty();
    // the status is published every 100 ms
    await().until(() -> pump.status().accepted() >= 2L * MESSAGES);
  }
}
