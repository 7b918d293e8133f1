package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.Message;
import io.amebobridge.core.Origin;
import io.amebobridge.core.Router;
import io.amebobridge.core.config.BridgeConfig;
import io.amebobridge.core.mapping.MappingRouter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqsActionTest {
  private static final String YAML =
      """
      amebo: {url: http://localhost:3310, application: a, secret: s}
      sources:
        shop:
          sqs: {region: eu-west-1}
          queues: [orders, orders.fifo]
          read: takeover
      routes:
        - from: {source: shop, topic: special}
          action: own
        - from: {source: shop}
      deadLetters: {file: letters}
      """;

  /** What a route without an action gives. */
  @ParameterizedTest
  @CsvSource({
    "orders,      '',      orders",
    "orders.fifo, '',      orders.fifo",
    "orders,      shop,    shop",
    "orders,      special, own"
  })
  void isTheTopicsNameElseTheQueues(String queue, String topic, String action) throws Exception {
    Map<String, Object> variables =
        topic.isEmpty() ? Map.of("queue", queue) : Map.of("queue", queue, "topic", topic);
    Message message =
        new Message(
            "id",
            queue,
            null,
            "{}".getBytes(StandardCharsets.UTF_8),
            List.of(),
            new Origin("shop", null, Instant.EPOCH, variables, null, null));
    BridgeConfig config =
        BridgeConfig.parse(
            "bridge.yaml", YAML, Path.of("/tmp"), name -> null, List.of(new SqsConnector()));
    Router router = MappingRouter.factory(config).get();
    assertThat(router.route(message))
        .isInstanceOfSatisfying(
            Router.Mapped.class,
            mapped ->
                assertThat(mapped.messages()).extracting(Message::address).containsExactly(action));
  }
}
