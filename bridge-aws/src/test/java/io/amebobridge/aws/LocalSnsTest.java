package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.amebobridge.brokers.LocalSns;
import io.amebobridge.testkit.TestAws;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.messagemanager.sns.model.SnsNotification;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.awssdk.services.sns.model.NotFoundException;
import software.amazon.awssdk.services.sns.model.PublishBatchRequestEntry;
import software.amazon.awssdk.services.sns.model.PublishResponse;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The stand-in for SNS, as AWS's SDK sees it. */
class LocalSnsTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static LocalSns local;
  private static AwsClients clients;
  private static SnsClient sns;

  @BeforeAll
  static void start() throws Exception {
    URI sqs =
        io.amebobridge.brokers.FauxqsProcess.isInstalled()
            ? URI.create(TestAws.shared().server().endpoint())
            : null;
    local =
        LocalSns.start(
            new LocalSns.Delivering(
                Duration.ofSeconds(2), Duration.ofMillis(20), Duration.ofMillis(500)),
            sqs);
    clients =
        new AwsClients(AwsClientsTest.access(local.endpoint(), null), 4, Duration.ofSeconds(5));
    sns = clients.sns();
  }

  @AfterAll
  static void stop() {
    clients.close();
    local.close();
  }

  private String topic(String name) {
    return sns.createTopic(t -> t.name(name)).topicArn();
  }

  /** An endpoint that answers with the statuses given, the last one for ever. */
  private record Endpoint(HttpServer server, Queue<JsonNode> got, Queue<String> raw)
      implements AutoCloseable {
    static Endpoint answering(int... statuses) throws Exception {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      Queue<JsonNode> got = new ConcurrentLinkedQueue<>();
      Queue<String> raw = new ConcurrentLinkedQueue<>();
      AtomicInteger count = new AtomicInteger();
      server.createContext(
          "/",
          exchange -> {
            String body =
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if ("true".equals(exchange.getRequestHeaders().getFirst("x-amz-sns-rawdelivery"))) {
              raw.add(body);
            } else {
              got.add(JSON.readTree(body));
            }
            int n = Math.min(count.getAndIncrement(), statuses.length - 1);
            exchange.sendResponseHeaders(statuses[n], -1);
            exchange.close();
          });
      server.start();
      return new Endpoint(server, got, raw);
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  private String subscribed(String topic, Endpoint endpoint, Map<String, String> attributes) {
    String arn =
        sns.subscribe(
                s ->
                    s.topicArn(topic)
                        .protocol("http")
                        .endpoint(endpoint.url())
                        .attributes(attributes)
                        .returnSubscriptionArn(true))
            .subscriptionArn();
    await().until(() -> !endpoint.got.isEmpty());
    JsonNode asked = endpoint.got.remove();
    assertThat(asked.path("Type").asString()).isEqualTo("SubscriptionConfirmation");
    sns.confirmSubscription(c -> c.topicArn(topic).token(asked.path("Token").asString()));
    return arn;
  }

  @Test
  void topicsAndSubscriptionsAreListed() throws Exception {
    String topic = topic("orders");
    try (Endpoint endpoint = Endpoint.answering(200)) {
      sns.subscribe(s -> s.topicArn(topic).protocol("http").endpoint(endpoint.url()));
      assertThat(sns.listSubscriptionsByTopic(l -> l.topicArn(topic)).subscriptions())
          .singleElement()
          .satisfies(s -> assertThat(s.subscriptionArn()).isEqualTo("PendingConfirmation"));
      String arn = subscribed(topic, endpoint, Map.of());
      assertThat(sns.listTopics().topics()).anyMatch(t -> t.topicArn().equals(topic));
      assertThat(sns.getTopicAttributes(t -> t.topicArn(topic)).attributes())
          .containsEntry("SubscriptionsConfirmed", "1");
      assertThat(sns.getSubscriptionAttributes(s -> s.subscriptionArn(arn)).attributes())
          .containsEntry("Endpoint", endpoint.url())
          .containsEntry("PendingConfirmation", "false");
      sns.unsubscribe(u -> u.subscriptionArn(arn));
      assertThat(sns.listSubscriptions().subscriptions())
          .noneMatch(s -> s.topicArn().equals(topic));
    }
    assertThatThrownBy(() -> sns.publish(p -> p.topicArn(topic + "x").message("m")))
        .isInstanceOf(NotFoundException.class);
  }

  @ParameterizedTest
  @CsvSource({"1, shipped", "1, ", "2, shipped", "2, "})
  void whatItSignsTheSdkAccepts(String version, String subject) throws Exception {
    String topic = topic("signed");
    sns.setTopicAttributes(
        t -> t.topicArn(topic).attributeName("SignatureVersion").attributeValue(version));
    try (Endpoint endpoint = Endpoint.answering(200);
        SdkOracle oracle = new SdkOracle(local.signer())) {
      subscribed(topic, endpoint, Map.of());
      String text = "{\"name\":\"Zoë \\u0000 \\\"\"}";
      String id = sns.publish(p -> p.topicArn(topic).subject(subject).message(text)).messageId();
      await().until(() -> !endpoint.got.isEmpty());
      ObjectNode got = (ObjectNode) endpoint.got.remove();
      assertThat(served(got.path("SigningCertURL").asString())).isEqualTo(local.signer().pem());
      got.put("SigningCertURL", "https://sns.us-east-1.amazonaws.com/a.pem");
      SnsNotification message = (SnsNotification) oracle.verified(got.toString());
      assertThat(message.messageId()).isEqualTo(id);
      assertThat(message.message()).isEqualTo(text);
      assertThat(oracle.accepts(got.put("Message", "forged").toString())).isFalse();
    }
  }

  private static String served(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void itTriesAgainAndGivesUp() throws Exception {
    String topic = topic("retries");
    int lost = local.lost();
    try (Endpoint busy = Endpoint.answering(200, 503, 429, 200);
        Endpoint refusing = Endpoint.answering(200, 403);
        Endpoint down = Endpoint.answering(200, 500)) {
      for (Endpoint each : List.of(busy, refusing, down)) subscribed(topic, each, Map.of());
      sns.publish(p -> p.topicArn(topic).message("m"));
      await().until(() -> local.pending() == 0);
      assertThat(busy.got).hasSize(3);
      assertThat(refusing.got).hasSize(1);
      assertThat(down.got).hasSizeGreaterThan(3);
      assertThat(local.lost() - lost).isEqualTo(2);
    }
  }

  @Test
  void filtersAndRawDelivery() throws Exception {
    String topic = topic("filtered");
    String policy =
        "{\"kind\":[\"a\",{\"prefix\":\"b\"}],\"price\":[{\"numeric\":[\">\",5,\"<=\",10]}],"
            + "\"test\":[{\"exists\":false}],\"store\":[{\"anything-but\":[\"x\",\"y\"]}]}";
    try (Endpoint endpoint = Endpoint.answering(200)) {
      subscribed(topic, endpoint, Map.of("FilterPolicy", policy, "RawMessageDelivery", "true"));
      publish(topic, "1", "kind", "bc", "price", "10", "store", "z");
      publish(topic, "wrong kind", "kind", "c", "price", "10", "store", "z");
      publish(topic, "too cheap", "kind", "a", "price", "5", "store", "z");
      publish(topic, "a test", "kind", "a", "price", "6", "store", "z", "test", "");
      publish(topic, "other store", "kind", "a", "price", "6", "store", "x");
      publish(topic, "2", "kind", "a", "price", "5.5", "store", "w");
      await().until(() -> endpoint.raw.size() == 2 && local.pending() == 0);
      assertThat(endpoint.raw).containsExactlyInAnyOrder("1", "2");
    }
  }

  @Test
  void aFilterOfBodies() throws Exception {
    String topic = topic("bodies");
    String policy = "{\"order\":{\"state\":[\"paid\"]}}";
    try (Endpoint endpoint = Endpoint.answering(200)) {
      subscribed(
          topic, endpoint, Map.of("FilterPolicy", policy, "FilterPolicyScope", "MessageBody"));
      sns.publish(p -> p.topicArn(topic).message("not json"));
      sns.publish(p -> p.topicArn(topic).message("{\"order\":{\"state\":\"new\"}}"));
      sns.publish(p -> p.topicArn(topic).message("{\"order\":{\"state\":\"paid\"}}"));
      await().until(() -> !endpoint.got.isEmpty() && local.pending() == 0);
      assertThat(endpoint.got).hasSize(1);
    }
  }

  private void publish(String topic, String text, String... attributes) {
    Map<String, MessageAttributeValue> all = new java.util.HashMap<>();
    for (int i = 0; i < attributes.length; i += 2) {
      String type = attributes[i].equals("price") ? "Number" : "String";
      String value = attributes[i + 1];
      all.put(
          attributes[i], MessageAttributeValue.builder().dataType(type).stringValue(value).build());
    }
    sns.publish(p -> p.topicArn(topic).message(text).messageAttributes(all));
  }

  @Test
  void aFifoTopicReachesItsQueueInOrder() throws Exception {
    TestAws.requireInstalled();
    String topic =
        sns.createTopic(t -> t.name("f.fifo").attributes(Map.of("FifoTopic", "true"))).topicArn();
    try (AwsClients queues =
        new AwsClients(
            AwsClientsTest.access(TestAws.shared().server().endpoint(), null),
            4,
            Duration.ofSeconds(5))) {
      SqsClient sqs = queues.sqs();
      String name = TestAws.unique("q") + ".fifo";
      String url =
          sqs.createQueue(
                  q -> q.queueName(name).attributes(Map.of(QueueAttributeName.FIFO_QUEUE, "true")))
              .queueUrl();
      sns.subscribe(
          s ->
              s.topicArn(topic)
                  .protocol("sqs")
                  .endpoint("arn:aws:sqs:us-east-1:000000000000:" + name));
      PublishResponse first = publishFifo(topic, "one", "d1");
      PublishResponse again = publishFifo(topic, "one", "d1");
      assertThat(again).isEqualTo(first);
      await().until(() -> local.pending() == 0);
      List<Message> got =
          sqs.receiveMessage(
                  r ->
                      r.queueUrl(url)
                          .maxNumberOfMessages(10)
                          .messageSystemAttributeNamesWithStrings("All"))
              .messages();
      assertThat(got).hasSize(1);
      assertThat(got.get(0).attributesAsStrings()).containsEntry("MessageGroupId", "g");
      JsonNode envelope = JSON.readTree(got.get(0).body());
      assertThat(envelope.path("SequenceNumber").asString()).isEqualTo(first.sequenceNumber());
      assertThat(envelope.path("Message").asString()).isEqualTo("one");
    }
  }

  private PublishResponse publishFifo(String topic, String text, String id) {
    PublishResponse told =
        sns.publish(
            p -> p.topicArn(topic).message(text).messageGroupId("g").messageDeduplicationId(id));
    return PublishResponse.builder()
        .messageId(told.messageId())
        .sequenceNumber(told.sequenceNumber())
        .build();
  }

  @Test
  void aBatchFailsInPart() {
    String topic = topic("batch");
    var answer =
        sns.publishBatch(
            b ->
                b.topicArn(topic)
                    .publishBatchRequestEntries(
                        List.of(entry("good", "m"), entry("large", "x".repeat(256 * 1024 + 1)))));
    assertThat(answer.successful()).singleElement().matches(s -> s.id().equals("good"));
    assertThat(answer.failed()).singleElement().matches(f -> f.id().equals("large"));
  }

  private static PublishBatchRequestEntry entry(String id, String text) {
    return PublishBatchRequestEntry.builder().id(id).message(text).build();
  }
}
