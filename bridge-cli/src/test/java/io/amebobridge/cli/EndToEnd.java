package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.testkit.SourceHarness;
import io.amebobridge.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tests with both ends real: the JVM's Kafka broker, and an Amebo server for each class. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EndToEnd {
  TestKafka kafka;
  TestAmebo amebo;

  @BeforeAll
  void startBothEnds(@TempDir Path directory) throws Exception {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(30)); // brokers restart, machines are slow
    kafka = TestKafka.shared();
    amebo = TestAmebo.start(directory);
  }

  @AfterAll
  void stopAmebo() {
    if (amebo != null) amebo.close();
  }

  static byte[] event(String type, int seq) {
    return bytes("{\"type\":\"" + type + "\",\"data\":{\"seq\":" + seq + "}}");
  }

  static byte[] created(int seq) {
    return event("created", seq);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A topic of one partition that takes messages of up to 4 MiB, with these in it. */
  String topicWith(byte @Nullable []... bodies) throws Exception {
    String topic = TestKafka.unique("users");
    kafka.newTopic(topic, 1, Map.of("max.message.bytes", "4194304"));
    produce(topic, bodies);
    return topic;
  }

  void produce(String topic, byte @Nullable []... bodies) throws Exception {
    List<SourceHarness.Outgoing> messages = new ArrayList<>();
    for (byte[] body : bodies) {
      messages.add(new SourceHarness.Outgoing(bytes("key"), body, List.of()));
    }
    kafka.produce(topic, 0, messages);
  }

  BridgeYaml yaml(String topic) {
    return BridgeYaml.of(amebo, kafka.bootstrap(), topic);
  }

  /** The group's committed offset in partition 0; null where there is none. */
  @Nullable Long committed(String group, String topic) throws Exception {
    OffsetAndMetadata offset =
        kafka
            .admin()
            .listConsumerGroupOffsets(group)
            .partitionsToOffsetAndMetadata()
            .get(30, TimeUnit.SECONDS)
            .get(new TopicPartition(topic, 0));
    return offset == null ? null : offset.offset();
  }

  void assertArrived(String topic, Integer... seqs) throws InterruptedException {
    assertThat(amebo.seqs(topic)).containsExactly(seqs);
  }
}
