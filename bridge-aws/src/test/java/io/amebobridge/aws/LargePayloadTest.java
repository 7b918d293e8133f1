package io.amebobridge.aws;

import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.body;
import static io.amebobridge.testkit.Reads.pollUntil;
import static io.amebobridge.testkit.Reads.read;
import static io.amebobridge.testkit.Reads.readAllAndClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.Origin;
import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.TestAws;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/** Payloads in S3, from the queue to what is handed out. */
class LargePayloadTest {
  private final String name = TestAws.unique("orders");
  private final String bucket = TestAws.unique("payloads");
  private AwsFixture aws;

  @BeforeEach
  void prepare() throws Exception {
    aws = new AwsFixture();
    aws.queue(name);
    aws.s3.createBucket(c -> c.bucket(bucket));
  }

  @AfterEach
  void end() {
    if (aws != null) aws.close();
  }

  private ShadowSources fetching() {
    return new ShadowSources(aws, name)
        .withSource("largePayloads", "{buckets: [" + bucket + "], maxBytes: 1KiB}");
  }

  private String pointer(String key) {
    return "[\"software.amazon.payloadoffloading.PayloadS3Pointer\","
        + "{\"s3BucketName\":\"%s\",\"s3Key\":\"%s\"}]".formatted(bucket, key);
  }

  private void store(String key, String payload) {
    aws.s3.putObject(p -> p.bucket(bucket).key(key), RequestBody.fromString(payload));
  }

  private static MessageAttributeValue number(String value) {
    return MessageAttributeValue.builder().dataType("Number").stringValue(value).build();
  }

  private String url(String queue) {
    return aws.sqs.getQueueUrl(g -> g.queueName(queue)).queueUrl();
  }

  /** As the extended client does. */
  private void send(String body) {
    Map<String, MessageAttributeValue> attributes = new HashMap<>();
    attributes.put("ExtendedPayloadSize", number("300000"));
    attributes.put("kind", number("7"));
    aws.sqs.sendMessage(s -> s.queueUrl(url(name)).messageBody(body).messageAttributes(attributes));
  }

  @Test
  void thePayloadIsHandedOutAndThePointerIsNot() throws Exception {
    store("k", "{\"total\":1}");
    send(pointer("k"));
    try (SqsSource source = fetching().takeover()) {
      source.open();
      Delivery delivery = read(source, 1).get(0);
      Message got = delivery.message();
      assertThat(body(delivery)).isEqualTo("{\"total\":1}");
      assertThat(got.origin().error()).isNull();
      assertThat(got.headers()).containsExactly(Header.of("kind", "7"));
      assertThat(got.origin().variables()).containsEntry("attributes", Map.of("kind", 7L));
    }
  }

  @Test
  void withinSnsEnvelopeToo() throws Exception {
    store("k", "{\"total\":2}");
    String topic = aws.topic(name);
    aws.subscribe(topic, name, Map.of());
    String id = aws.sns.publish(p -> p.topicArn(topic).message(pointer("k"))).messageId();
    try (SqsSource source = fetching().takeover()) {
      source.open();
      Delivery delivery = read(source, 1).get(0);
      Message got = delivery.message();
      assertThat(body(delivery)).isEqualTo("{\"total\":2}");
      assertThat(got.id()).isEqualTo("sns:" + id);
    }
  }

  @Test
  void unlessItIsConfiguredItIsAnErrorWithTheRemedy() throws Exception {
    store("k", "{}");
    send(pointer("k"));
    send("{\"where\":\"else\"}");
    try (SqsSource source = new ShadowSources(aws, name).takeover()) {
      source.open();
      List<Delivery> got = read(source, 2);
      assertThat(got).allMatch(d -> body(d).startsWith("[") || body(d).startsWith("{\"where"));
      assertThat(got)
          .extracting(d -> d.message().origin().error())
          .anyMatch(
              e ->
                  e.contains("s3://" + bucket + "/k")
                      && e.contains("shop.largePayloads: {buckets: [" + bucket + "]}"))
          .anyMatch(e -> e.contains("does not say where"));
    }
  }

  @Test
  void whatWillNeverBeFetchedIsAnErrorWithItsPointer() throws Exception {
    store("large", "x".repeat(1025));
    send(pointer("large"));
    send(pointer("gone"));
    try (SqsSource source = fetching().takeover()) {
      source.open();
      List<Delivery> got = read(source, 2);
      assertThat(bodies(got)).containsExactlyInAnyOrder(pointer("large"), pointer("gone"));
      assertThat(got)
          .extracting(d -> d.message().origin().error())
          .anyMatch(e -> e.contains("maxBytes (1024)"))
          .anyMatch(e -> e.contains("no longer"));
      assertThat(got.get(0).message().headers())
          .contains(Header.of("ExtendedPayloadSize", "300000"));
    }
  }

  @Test
  void aMessageWaitsForItsPayloadStillLeasedAndOthersGoOn() throws Exception {
    String late = bucket + "-late";
    send(pointer("k").replace(bucket, late));
    aws.sqs.sendMessage(s -> s.queueUrl(url(name)).messageBody("plain"));
    ShadowSources sources =
        new ShadowSources(aws, name).withSource("largePayloads", "{buckets: [" + late + "]}");
    try (SqsSource source = sources.takeover()) {
      source.open();
      List<Delivery> got = new ArrayList<>();
      pollUntil(source, got, () -> got.size() == 1 && source.away() != null);
      assertThat(source.away()).contains("s3://" + late + "/k", "no such bucket");
      long end = System.nanoTime() + Duration.ofSeconds(7).toNanos(); // two leases and more
      pollUntil(source, got, () -> System.nanoTime() > end);
      assertThat(bodies(got)).as("the one that waits is not handed out").containsExactly("plain");
      aws.s3.createBucket(c -> c.bucket(late));
      aws.s3.putObject(p -> p.bucket(late).key("k"), RequestBody.fromString("late"));
      pollUntil(source, got, () -> got.size() == 2);
      assertThat(bodies(got)).containsExactly("plain", "late");
      assertThat(got.get(1).message().origin().variables()).containsEntry("receiveCount", 1);
      assertThat(source.away()).isNull();
      assertThat(got).allMatch(source::owns);
    }
  }

  @Test
  void thatAllPlacesWaitForS3IsSaid() throws Exception {
    String late = bucket + "-late";
    for (int i = 0; i < 10; i++) send(pointer("k" + i).replace(bucket, late));
    ShadowSources sources =
        new ShadowSources(aws, name)
            .withSource("largePayloads", "{buckets: [" + late + "]}")
            .withSource("prefetch", "10");
    try (SqsSource source = sources.takeover()) {
      source.open();
      String full = "all 10 places (prefetch) of queue " + name + " are taken";
      List<Delivery> got = new ArrayList<>();
      pollUntil(source, got, () -> String.valueOf(source.away()).contains(full));
      assertThat(source.away()).contains("s3://" + late, "no such bucket", "nothing else of it");
      aws.sqs.sendMessage(s -> s.queueUrl(url(name)).messageBody("plain"));
      aws.s3.createBucket(c -> c.bucket(late));
      for (int i = 0; i < 10; i++) {
        String key = "k" + i;
        aws.s3.putObject(p -> p.bucket(late).key(key), RequestBody.fromString("late"));
      }
      pollUntil(
          source,
          got,
          () -> {
            source.settle(got);
            return bodies(got).contains("plain") && source.away() == null;
          });
    }
  }

  /** Of messages that one receive brought, which fauxqs does not do. */
  @Test
  void aGroupIsNotOvertakenWhereItsFirstWaits() throws Exception {
    String fifo = name + ".fifo";
    aws.queue(fifo);
    SqsSettings settings = ((SqsConnector.Factory) fetching().factory("takeover")).settings();
    SqsHandOver handOver = new SqsHandOver();
    try (SqsCalls calls = new SqsCalls("test", handOver, 2)) {
      PayloadStore store = new PayloadStore(settings.payloads(), aws.s3);
      QueueReader reader =
          new QueueReader(
              settings,
              QueueName.parse(fifo),
              new QueueReader.Clients(aws.sqs, aws.sqs, calls, store),
              handOver);
      reader.begin(SqsQueue.find(aws.sqs, QueueName.parse(fifo), null));
      reader.stopReceiving();
      reader.arrived(held(reader, "a", "pointer", new PayloadPointer(bucket, "first")));
      reader.arrived(held(reader, "a", "second", null));
      reader.arrived(held(reader, "a", "pointer", new PayloadPointer(bucket, "third")));
      reader.arrived(held(reader, "b", "other", null));
      List<Delivery> got = new ArrayList<>();
      reader.handOut(got, 10);
      assertThat(bodies(got)).containsExactly("other");
      store("first", "first");
      store("third", "third");
      while (got.size() < 4) {
        reader.step(System.nanoTime());
        assertThat(handOver.await(Duration.ofSeconds(5).toNanos())).isFalse();
        handOver.takeResults().forEach(Runnable::run);
        reader.handOut(got, 10);
      }
      assertThat(bodies(got)).containsExactly("other", "first", "second", "third");
    }
  }

  /** Else the bound of what is held would be wrong, by each payload more. */
  @Test
  void whatWasFetchedCountsAmongWhatIsHeld() throws Exception {
    SqsSettings settings = ((SqsConnector.Factory) fetching().factory("takeover")).settings();
    SqsHandOver handOver = new SqsHandOver();
    AtomicInteger bytes = new AtomicInteger();
    store("k", "x".repeat(1000));
    try (SqsCalls calls = new SqsCalls("test", handOver, 2)) {
      PayloadStore store = new PayloadStore(settings.payloads(), aws.s3);
      PayloadFetches fetches = new PayloadFetches(settings, store, calls, bytes::addAndGet);
      QueueReader reader =
          new QueueReader(
              settings,
              QueueName.parse(name),
              new QueueReader.Clients(aws.sqs, aws.sqs, calls, null),
              handOver);
      Held held = held(reader, "g", "pointer", new PayloadPointer(bucket, "k"));
      Held lost = held(reader, "h", "pointer", new PayloadPointer(bucket, "k"));
      lost.counted = false;
      int before = held.message.size();
      fetches.add(held);
      fetches.add(lost);
      fetches.step(System.nanoTime());
      for (int results = 0; results < 2; ) {
        assertThat(handOver.await(Duration.ofSeconds(5).toNanos())).isFalse();
        List<Runnable> taken = handOver.takeResults();
        taken.forEach(Runnable::run);
        results += taken.size();
      }
      assertThat(bytes.get()).isEqualTo(held.message.size() - before).isEqualTo(1000 - 7);
      assertThat(lost.message.body()).as("is not replaced").hasSize(7);
    }
  }

  private static Held held(
      QueueReader reader, String group, String body, @Nullable PayloadPointer pointer) {
    Origin origin = new Origin("shop", group, Instant.EPOCH, Map.of(), null, null);
    Message message =
        new Message(null, "q", null, body.getBytes(StandardCharsets.UTF_8), List.of(), origin);
    long later = System.nanoTime() + Duration.ofMinutes(5).toNanos();
    Held held = new Held(reader, body, "handle", message, later, later);
    held.pointer = pointer;
    return held;
  }

  @Test
  void manyAreFetchedAFewAtATime() throws Exception {
    List<String> payloads = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      payloads.add("payload-" + i);
      store("k" + i, "payload-" + i);
      send(pointer("k" + i));
    }
    assertThat(readAllAndClose(fetching().takeover(), 30))
        .containsExactlyInAnyOrderElementsOf(payloads);
  }

  @Test
  void checkLooksAtTheBuckets() throws Exception {
    assertThat(fetching().factory("takeover").inspect(0).facts())
        .anyMatch(f -> f.startsWith("bucket " + bucket));
    ShadowSources missing =
        new ShadowSources(aws, name).withSource("largePayloads", "{buckets: [no-such-bucket]}");
    assertThatThrownBy(() -> missing.factory("takeover").inspect(0))
        .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.temporary()).isFalse())
        .hasMessageContaining("bucket no-such-bucket is not there");
  }

  @Test
  void checkOfAShadowWarnsOfPayloadsThatTheApplicationDeletes() throws Exception {
    String topic = aws.topic(name);
    aws.subscribe(topic, name, Map.of());
    ShadowSources shadow = fetching().with("topic", topic).with("create", "true");
    assertThat(shadow.factory("shadow").inspect(0).warnings())
        .anyMatch(w -> w.contains("cleanupS3Payload"));
  }
}
