package io.amebobridge.cli.demo;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The migration guide's example on the Kafka side: a topic {@code user-events} of created, updated
 * and deleted users. Every event carries a number, so that each can be found again.
 */
public final class UserEvents {
  public static final String TOPIC = "user-events";
  public static final List<String> TYPES = List.of("created", "updated", "deleted");

  private UserEvents() {}

  public static void createTopic(String bootstrap, int partitions)
      throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, partitions, (short) 1))).all().get();
    }
  }

  /** Sends numbered events, each acknowledged by all replicas. Not thread-safe. */
  public static final class Producer implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicLong acknowledged;
    private volatile @Nullable Exception failure;

    /**
     * Connects lazily.
     *
     * @param acknowledged is counted up as the broker acknowledges
     */
    public Producer(String bootstrap, AtomicLong acknowledged) {
      this.acknowledged = acknowledged;
      Map<String, Object> config =
          Map.of(
              "bootstrap.servers", bootstrap,
              "acks", "all",
              "linger.ms", "5",
              "delivery.timeout.ms", "300000",
              "enable.idempotence", "true");
      ByteArraySerializer bytes = new ByteArraySerializer();
      producer = new KafkaProducer<>(config, bytes, bytes);
    }

    /** Returns when the broker has them all; throws if it has not taken one. */
    public void send(int from, int to) throws InterruptedException {
      for (int n = from; n < to && failure == null; n++) {
        byte[] key = ("user-" + n % 1000).getBytes(StandardCharsets.UTF_8);
        var unused =
            producer.send(
                new ProducerRecord<>(TOPIC, key, body(n)),
                (metadata, e) -> {
                  if (e == null) acknowledged.incrementAndGet();
                  else failure = e;
                });
        if (Thread.interrupted()) throw new InterruptedException();
      }
      producer.flush();
      Exception failed = failure;
      if (failed != null) throw new IllegalStateException("could not produce: " + failed, failed);
    }

    @Override
    public void close() {
      producer.close();
    }
  }

  static byte[] body(int n) {
    String type = TYPES.get(n % TYPES.size());
    String text =
        "{\"type\":\"%s\",\"data\":{\"seq\":%d,\"userId\":\"user-%d\",\"email\":\"user%d@example.com\",\"plan\":\"basic\"}}"
            .formatted(type, n, n % 1000, n % 1000);
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
