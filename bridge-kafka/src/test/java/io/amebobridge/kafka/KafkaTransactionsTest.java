package io.amebobridge.kafka;

import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.lane;
import static io.amebobridge.testkit.Reads.pollUntil;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.Delivery;
import io.amebobridge.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class KafkaTransactionsTest {
  @Test
  void lagReachesZeroPastTheMarkersAndAbortedMessagesAreNotRead() throws Exception {
    TestKafka kafka = TestKafka.shared();
    String topic = kafka.newTopic(1);
    String group = TestKafka.unique("group");
    Map<String, Object> options = new HashMap<>(kafka.producerOptions());
    options.put("transactional.id", TestKafka.unique("tx"));
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(options);
        KafkaSource source = new KafkaSources(kafka.bootstrap(), group).topic(topic).create()) {
      producer.initTransactions();
      send(producer, topic, true, "a", "b");
      send(producer, topic, false, "aborted");
      send(producer, topic, true, "c");
      send(producer, topic, false, "aborted-too");

      source.open();
      List<Delivery> got = read(source, 3);
      assertThat(bodies(got)).containsExactly("a", "b", "c");
      source.settle(got);
      // a b mark · aborted mark · c mark · aborted mark
      pollUntil(source, () -> lane(source, topic + "-0").settled() == 9);
      pollUntil(source, () -> lane(source, topic + "-0").end() == 9);
      assertThat(lane(source, topic + "-0").lag()).isZero();
      pollUntil(
          source,
          () ->
              kafka
                      .admin()
                      .listConsumerGroupOffsets(group)
                      .partitionsToOffsetAndMetadata()
                      .get()
                      .get(new TopicPartition(topic, 0))
                      .offset()
                  == 9);
    }
  }

  @Test
  void anOpenTransactionHoldsBackReadersOfCommitted() throws Exception {
    TestKafka kafka = TestKafka.shared();
    String topic = kafka.newTopic(1);
    Map<String, Object> options = new HashMap<>(kafka.producerOptions());
    options.put("transactional.id", TestKafka.unique("tx"));
    KafkaSources latest =
        new KafkaSources(kafka.bootstrap(), TestKafka.unique("group"))
            .topic(topic)
            .with("start", "latest");
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(options);
        KafkaSource source = latest.create()) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(record(topic, "open")).get();
      source.open();
      pollUntil(source, () -> !source.lanes().isEmpty());
      producer.commitTransaction();
      assertThat(bodies(read(source, 1))).containsExactly("open");
    }
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, String topic, boolean commit, String... bodies)
      throws Exception {
    producer.beginTransaction();
    for (String body : bodies) producer.send(record(topic, body)).get();
    if (commit) producer.commitTransaction();
    else producer.abortTransaction();
  }

  private static ProducerRecord<byte[], byte[]> record(String topic, String body) {
    return new ProducerRecord<>(topic, 0, null, body.getBytes(StandardCharsets.UTF_8));
  }
}
