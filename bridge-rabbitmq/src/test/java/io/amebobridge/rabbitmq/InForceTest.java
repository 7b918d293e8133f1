package io.amebobridge.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** That what is said to be in force is what the broker does. */
class InForceTest {
  private BrokerFixture broker;
  private Channel channel;

  @BeforeEach
  void prepare() throws Exception {
    broker = new BrokerFixture();
    channel = broker.producer.channel();
  }

  @AfterEach
  void end() throws Exception {
    if (broker != null) broker.close();
  }

  private InForce inForce(String queue) throws Exception {
    JsonNode q = broker.get("/api/queues/" + broker.host.name() + "/" + queue);
    Map<String, Object> arguments = new HashMap<>(ReadInventory.map(q.path("arguments")));
    return InForce.of(
        ReadInventory.type(q, arguments),
        arguments,
        ReadInventory.map(q.path("effective_policy_definition")));
  }

  private void declare(String type, Map<String, Object> arguments) throws Exception {
    Map<String, Object> all = new HashMap<>(arguments);
    all.put("x-queue-type", type);
    channel.queueDeclare("q", true, false, false, all);
  }

  /** Whether a publisher is refused some messages after the bound. */
  private boolean refuses() throws Exception {
    boolean refused = false;
    for (int i = 0; i < 20; i++) {
      channel.basicPublish("", "q", Producer.identified().build(), new byte[] {1});
      refused |= !channel.waitForConfirms(10_000);
    }
    return refused;
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "quorum"})
  void anOverflowOfArgumentAndPolicy(String type) throws Exception {
    broker.policy("p", "^q$", "{\"overflow\":\"reject-publish\",\"max-length\":3}");
    declare(type, Map.of("x-overflow", "drop-head", "x-max-length", 5));
    await().untilAsserted(() -> assertThat(inForce("q").maxLength()).isEqualTo(3));
    boolean said = "reject-publish".equals(inForce("q").overflow());
    assertThat(refuses()).as(type + " by " + inForce("q").overflow()).isEqualTo(said);
    await().until(() -> channel.messageCount("q") <= 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "quorum"})
  void theLesserBoundHolds(String type) throws Exception {
    broker.policy("p", "^q$", "{\"max-length\":9}");
    broker.operatorPolicy("op", "^q$", "{\"max-length\":7}");
    declare(type, Map.of("x-max-length", 5));
    await().untilAsserted(() -> assertThat(inForce("q").maxLength()).isEqualTo(5));
    assertThat(refuses()).isFalse();
    await().until(() -> channel.messageCount("q") == 5);
    broker.operatorPolicy("op", "^q$", "{\"max-length\":2}");
    await().untilAsserted(() -> assertThat(inForce("q").maxLength()).isEqualTo(2));
    assertThat(refuses()).isFalse();
    await().until(() -> channel.messageCount("q") == 2);
  }

  @Test
  void theArgumentsDeadLetterExchangeHolds() throws Exception {
    broker.policy(
        "p", "^q$", "{\"dead-letter-exchange\":\"\",\"dead-letter-routing-key\":\"theirs\"}");
    for (String each : List.of("ours", "theirs")) {
      channel.queueDeclare(each, true, false, false, Map.of());
    }
    declare(
        "classic",
        Map.of(
            "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "ours", "x-max-length", 1));
    await().untilAsserted(() -> assertThat(inForce("q").deadLetterRoutingKey()).isEqualTo("ours"));
    assertThat(refuses()).isFalse();
    await().until(() -> channel.messageCount("ours") == 19);
    assertThat(channel.messageCount("theirs")).isZero();
  }
}
