package io.amebobridge.cli.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
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
 * The example on the Kafka side: a topic {@code user-events} of created, updated and deleted users,
 * which an email-service wants.
 */
public final class UserEvents implements Example {
  private static final String TOPIC = "user-events";
  private static final List<String> TYPES = List.of("created", "updated", "deleted");
  private static final int PARTITIONS = 4;
  private static final String SCHEMA =
      """
      {
        "type": "object",
        "properties": {
          "seq": {"type": "integer", "minimum": 0},
          "userId": {"type": "string", "minLength": 1},
          "email": {"type": "string"},
          "plan": {"enum": ["basic", "pro"]}
        },
        "required": ["seq", "userId"]
      }
      """;

  private final String bootstrap;

  public UserEvents(String bootstrap) {
    this.bootstrap = bootstrap;
  }

  @Override
  public String place() {
    return "topic " + TOPIC;
  }

  @Override
  public void declare() throws IOException, InterruptedException {
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1))).all().get();
    } catch (ExecutionException e) {
      throw new IOException("topic " + TOPIC + " can't be created: " + e.getCause(), e);
    }
  }

  @Override
  public Registrations registrations() {
    List<String> actions = TYPES.stream().map(type -> "user." + type).toList();
    return new Registrations(actions, SCHEMA, "email-service", "user.*", "/webhooks/users");
  }

  @Override
  public String mapping() {
    return """
        sources:
          events:
            kafka: {bootstrap.servers: "%s", group.id: amebo-bridge, group.instance.id: bridge-1}
            start: earliest
        routes:
          - name: users
            from: {source: events, topic: %s}
            when: type in ["created", "updated", "deleted"]
            action: user.{{ type }}
            payload: "{{ data }}"
        tests:
          - name: a created user
            input: {topic: %2$s, body: {type: created, data: {seq: 1}}}
            expect:
              - {action: user.created, payload: {seq: 1}}
        """
        .formatted(bootstrap, TOPIC);
  }

  @Override
  public Producer producer(AtomicLong acknowledged) {
    return new KafkaMessages(bootstrap, acknowledged);
  }

  private static byte[] body(int n) {
    String type = TYPES.get(n % TYPES.size());
    String text =
        "{\"type\":\"%s\",\"data\":{\"seq\":%d,\"userId\":\"user-%d\",\"email\":\"user%d@example.com\",\"plan\":\"basic\"}}"
            .formatted(type, n, n % 1000, n % 1000);
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Acknowledged by all replicas. The client sends again by itself, and the broker knows it. */
  private static final class KafkaMessages implements Producer {
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicLong acknowledged;
    private volatile @Nullable Exception failure;

    KafkaMessages(String bootstrap, AtomicLong acknowledged) {
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

    @Override
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
    public BitSet sentAgain() {
      return new BitSet();
    }

    @Override
    public void close() {
      producer.close();
    }
  }
}
