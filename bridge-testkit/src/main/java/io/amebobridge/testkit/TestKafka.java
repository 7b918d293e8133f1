package io.amebobridge.testkit;

import io.amebobridge.brokers.KafkaProcess;
import io.amebobridge.core.Header;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * One real broker for all tests of a JVM, with what tests need around it. They keep apart by topics
 * and groups of their own. Thread-safe, except for killing the broker.
 */
public final class TestKafka {
  /** Who may log in at {@link KafkaProcess#saslBootstrap()}. */
  public static final String USER = "tester";

  /** With this. */
  public static final String PASSWORD = "pass-word-that-nobody-may-see";

  private static @Nullable TestKafka shared;

  private final KafkaProcess broker;
  private final Admin admin;
  private final Producer<byte[], byte[]> producer;

  private TestKafka(Path directory) throws IOException, InterruptedException {
    broker =
        KafkaProcess.in(directory)
            .user(USER, PASSWORD)
            // retention acts within a test's patience
            .property("log.retention.check.interval.ms", "500")
            .property("message.max.bytes", "4194304")
            .build();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(directory), "end-test-kafka"));
    broker.start();
    admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
    producer = new KafkaProducer<>(producerOptions());
  }

  /** Started by whoever asks first; started again if a test has left it dead. */
  public static synchronized TestKafka shared() throws IOException, InterruptedException {
    if (shared == null) shared = new TestKafka(Files.createTempDirectory("test-kafka"));
    if (!shared.broker.isRunning()) shared.broker.start();
    return shared;
  }

  public KafkaProcess broker() {
    return broker;
  }

  public String bootstrap() {
    return broker.bootstrap();
  }

  public Admin admin() {
    return admin;
  }

  /** For further producers, such as transactional ones. */
  public Map<String, Object> producerOptions() {
    return Map.of(
        "bootstrap.servers",
        broker.bootstrap(),
        "key.serializer",
        ByteArraySerializer.class,
        "value.serializer",
        ByteArraySerializer.class,
        "acks",
        "all",
        "linger.ms",
        "5",
        "max.request.size",
        "4194304");
  }

  /** A name that no other test has. */
  public static String unique(String prefix) {
    return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
  }

  /** A topic of a name that no other test has. */
  public String newTopic(int partitions) throws Exception {
    String name = unique("topic");
    newTopic(name, partitions, Map.of());
    return name;
  }

  public void newTopic(String name, int partitions, Map<String, String> configs) throws Exception {
    NewTopic topic = new NewTopic(name, partitions, (short) 1).configs(configs);
    admin.createTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
  }

  /** Durably, in this order. */
  public List<RecordMetadata> produce(String topic, int partition, String... bodies)
      throws Exception {
    List<SourceHarness.Outgoing> messages =
        Stream.of(bodies)
            .map(b -> b.getBytes(StandardCharsets.UTF_8))
            .map(b -> new SourceHarness.Outgoing(null, b, List.of()))
            .toList();
    return produce(topic, partition, messages);
  }

  /** Durably, in this order. */
  public List<RecordMetadata> produce(
      String topic, int partition, List<SourceHarness.Outgoing> messages) throws Exception {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (SourceHarness.Outgoing m : messages) {
      var record = new ProducerRecord<>(topic, partition, m.key(), m.body());
      for (Header h : m.headers()) record.headers().add(new RecordHeader(h.name(), h.value()));
      sent.add(producer.send(record));
    }
    List<RecordMetadata> stored = new ArrayList<>();
    for (Future<RecordMetadata> each : sent) stored.add(each.get(30, TimeUnit.SECONDS));
    return stored;
  }

  private void end(Path directory) {
    broker.close();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
    } catch (IOException | UncheckedIOException leftovers) {
      // a temporary directory: the system clears it
    }
  }
}
