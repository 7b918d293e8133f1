package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.Selector;
import io.amebobridge.core.config.ConfigException;
import io.amebobridge.core.config.ConfigFile;
import io.amebobridge.core.config.ConfigSection;
import io.amebobridge.core.config.Problems;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqsConfigTest {
  private static final String GOOD = "sqs: {region: eu-west-1}\nread: takeover\n";

  private static SqsSettings read(String yaml, Selector... route) throws ConfigException {
    String indented = "orders:\n" + ("  " + yaml.strip()).replace("\n", "\n  ") + "\n";
    Problems problems = new Problems();
    ConfigSection section =
        ConfigFile.parse("bridge.yaml", indented, name -> null, problems).section("orders");
    var factory = new SqsConnector().configure("orders", section, List.of(List.of(route)));
    section.refuseUnknown();
    problems.refuse();
    return ((SqsConnector.Factory) factory).settings();
  }

  @Test
  void whatIsNotGivenIsUsual() throws Exception {
    SqsSettings s = read(GOOD + "queue: orders");
    assertThat(s.queues()).extracting(QueueName::name).containsExactly("orders");
    assertThat(s.receivers()).isEqualTo(4);
    assertThat(s.waitTime()).isEqualTo(Duration.ofSeconds(20));
    assertThat(s.visibility()).isNull();
    assertThat(s.prefetch()).isEqualTo(1_000);
    assertThat(s.envelopes()).isTrue();
    assertThat(s.longest()).isEqualTo(Duration.ofHours(12));
  }

  @Test
  void aQueueIsANameAnArnOrAUrl() throws Exception {
    SqsSettings s =
        read(
            GOOD
                + "queues: [a, 'arn:aws:sqs:eu-west-1:123456789012:b.fifo',"
                + " 'https://sqs.eu-west-1.amazonaws.com/123456789012/c']");
    assertThat(s.queues())
        .containsExactly(
            new QueueName("a", null, null, null),
            new QueueName("b.fifo", "123456789012", "eu-west-1", null),
            new QueueName(
                "c", null, "eu-west-1", "https://sqs.eu-west-1.amazonaws.com/123456789012/c"));
    assertThat(s.queues()).extracting(QueueName::isFifo).containsExactly(false, true, false);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "queue: orders                      | orders.queue: stands beside queues",
        "queues: []                         | orders.queue: is missing, allowed: a queue's name",
        "queues: ['a b']                    | orders.queues: got a b, allowed: a queue's name",
        "queues: ['arn:aws:sns:eu-west-1:1:a'] | orders.queues: got arn:aws:sns",
        "queues: ['arn:aws:sqs:us-east-1:1:a'] | is in us-east-1, but orders.sqs.region is eu-west-1",
        "queues: [a, a]                     | orders.queues: names queue a twice",
        "receivers: 0                       | orders.receivers: got 0, allowed: a whole number from 1",
        "waitTime: 21s                      | orders.waitTime: got 21s, allowed: from PT0S to PT20S",
        "waitTime: 1500ms                   | orders.waitTime: got PT1.5S, allowed: whole seconds",
        "visibility: 13h                    | orders.visibility: got 13h, allowed: from PT2S to PT12H",
        "prefetch: 1                        | orders.prefetch: got 1",
        "envelope: sometimes                | orders.envelope: got sometimes, allowed: auto, never",
        "batch: 5                           | orders.batch: unknown key",
        "shadow: {queue: a}                 | orders.shadow: is for read: shadow only"
      })
  void whatIsWrongIsSaidWithItsPlace(String line, String said) {
    String queues = line.startsWith("queues:") ? "" : "queues: [a]\n";
    assertThatThrownBy(() -> read(GOOD + queues + line))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(said.strip());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "queue: a                | orders.read: is missing, allowed: takeover",
        "queue: a;read: follow   | orders.read: got follow, allowed: takeover",
        "queue: a;read: shadow   | orders.shadow.topic: is missing, allowed: the topic's ARN",
        "queues: [a, b];read: shadow | orders.queues: has several; read: shadow is for one queue"
      })
  void howToReadIsSaidByName(String lines, String said) {
    String yaml = "sqs: {region: eu-west-1}\n" + lines.replace(";", "\n");
    assertThatThrownBy(() -> read(yaml)).hasMessageContaining(said.strip());
  }

  @Test
  void aRouteOfAQueueThatIsNotReadIsSaid() throws Exception {
    assertThat(read(GOOD + "queue: a", Selector.parse("queue", "/a|b/")).queues()).hasSize(1);
    assertThatThrownBy(() -> read(GOOD + "queue: a", Selector.parse("queue", "b")))
        .hasMessageContaining("a route reads queue b, which is not among [a]");
  }

  @Test
  void noTextHasTheKeys() throws Exception {
    String keys = "sqs: {region: eu-west-1, accessKeyId: AKIAX, secretAccessKey: very-secret}\n";
    SqsSettings s = read(keys + "read: takeover\nqueue: a");
    assertThat(s.toString() + new SqsSource(s)).doesNotContain("AKIAX", "very-secret");
  }
}
