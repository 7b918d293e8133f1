package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.config.ConfigException;
import io.amebobridge.core.config.ConfigFile;
import io.amebobridge.core.config.Problems;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShadowSettingsTest {
  private static final String TOPIC = "arn:aws:sns:eu-west-1:123456789012:orders";

  private static ShadowSettings read(String yaml) throws ConfigException {
    Problems problems = new Problems();
    ShadowSettings settings =
        ShadowSettings.read(
            "shop",
            QueueName.parse("orders"),
            ConfigFile.parse("t.yaml", yaml, n -> null, problems).section("shadow"));
    problems.refuse();
    return settings;
  }

  @Test
  void aTopicIsEnough() throws Exception {
    ShadowSettings settings = read("shadow: {topic: '" + TOPIC + "'}");
    assertThat(settings.queue()).isEqualTo("amebo-bridge-shop-orders");
    assertThat(settings.dropped()).isEqualTo("amebo-bridge-shop-orders-dropped");
    assertThat(settings.create()).isFalse();
    assertThat(settings.retention()).hasDays(14);
    assertThat(settings.topics()).containsExactly(new ShadowTopic(TOPIC, null));
  }

  @Test
  void aFifoTopicsQueuesAreFifoQueues() throws Exception {
    ShadowSettings settings = read("shadow: {topic: '" + TOPIC + ".fifo'}");
    assertThat(settings.queue()).isEqualTo("amebo-bridge-shop-orders.fifo");
    assertThat(settings.dropped()).isEqualTo("amebo-bridge-shop-orders-dropped.fifo");
    assertThat(read("shadow: {topic: '" + TOPIC + "', dropped: none}").dropped()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "queue: orders | the application's own queue",
        "queue: 'a.fifo' | allowed: up to 80 letters",
        "topics: [{topic: 'x'}] | stands beside topic",
        "queue: 'a.b' | allowed: up to 80 letters",
        "dropped: orders | another queue's name",
        "dropped: amebo-bridge-shop-orders | another queue's name",
        "dropped: a.fifo | allowed: up to 80 letters",
        "filterPolicy: some | allowed: copied",
        "filterPolicyScope: MessageBody | is for a filterPolicy that is written here",
        "kmsKey: alias/aws/sqs | which SNS may not use",
        "retention: 15d | allowed: from",
        "created: true | did you mean create?"
      })
  void whatDoesNotFitIsAProblem(String line, String says) {
    assertThatThrownBy(() -> read("shadow:\n  topic: " + TOPIC + "\n  " + line + "\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(says);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "shadow: {} | shadow.topic: is missing",
        "shadow: {topic: orders} | got orders, allowed: such as arn:aws:sns",
        "shadow: {topic: 'arn:aws:sns:eu-west-1:123456789012:or*'} | allowed: such as arn",
        "shadow: {topics: []} | is empty",
        "shadow: {topics: [{topic: 'T'}, {topic: 'T'}]} | names a topic twice",
        "shadow: {topics: [{topic: 'T'}, {topic: 'T.fifo'}]} | are FIFO and others"
      })
  void topicsAreNamedByArnOnceAndOfOneKind(String yaml, String says) {
    assertThatThrownBy(() -> read(yaml.replace("'T", "'" + TOPIC)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(says);
  }
}
