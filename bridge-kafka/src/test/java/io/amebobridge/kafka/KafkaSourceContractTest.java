package io.amebobridge.kafka;

import io.amebobridge.core.MessageSource;
import io.amebobridge.testkit.MessageSourceContract;
import io.amebobridge.testkit.SourceHarness;
import io.amebobridge.testkit.TestKafka;
import java.time.Duration;
import java.util.List;

class KafkaSourceContractTest extends MessageSourceContract {
  @Override
  protected SourceHarness harness() throws Exception {
    return new Harness(TestKafka.shared());
  }

  /** A topic of two partitions, and a group that logs in with a password. */
  private static final class Harness implements SourceHarness {
    private final TestKafka kafka;
    private final String topic;
    private final KafkaSources sources;

    Harness(TestKafka kafka) throws Exception {
      this.kafka = kafka;
      topic = kafka.newTopic(2);
      sources =
          new KafkaSources(kafka.broker().saslBootstrap(), TestKafka.unique("group"))
              .client("security.protocol", "SASL_PLAINTEXT")
              .client("sasl.mechanism", "PLAIN")
              .client(
                  "sasl.jaas.config",
                  "org.apache.kafka.common.security.plain.PlainLoginModule required"
                      + " username=\"%s\" password=\"%s\";"
                          .formatted(TestKafka.USER, TestKafka.PASSWORD))
              .topic(topic);
    }

    @Override
    public List<String> lanes() {
      return List.of(topic + "-0", topic + "-1");
    }

    @Override
    public void publish(String lane, List<Outgoing> messages) throws Exception {
      kafka.produce(topic, lanes().indexOf(lane), messages);
    }

    @Override
    public MessageSource newSource() throws Exception {
      return sources.create();
    }

    @Override
    public void killBroker() throws Exception {
      kafka.broker().kill9();
    }

    @Override
    public void startBroker() throws Exception {
      kafka.broker().start();
    }

    @Override
    public Duration lease() {
      return Duration.ofMillis(1500); // session.timeout.ms and max.poll.interval.ms
    }

    @Override
    public byte[] poison() {
      return new byte[] {-1, -2, 0, '{'};
    }

    @Override
    public String secret() {
      return TestKafka.PASSWORD;
    }

    @Override
    public void close() {
      // the broker is shared
    }
  }
}
