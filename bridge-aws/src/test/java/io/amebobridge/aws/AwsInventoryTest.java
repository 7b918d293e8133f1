package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.brokers.FauxqsProcess;
import io.amebobridge.core.Inventory;
import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.FaultyAws;
import io.amebobridge.testkit.QueueAges;
import io.amebobridge.testkit.TestAws;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The inventory of an account that has a little of everything. */
class AwsInventoryTest {
  private static final String TOPIC = "arn:aws:sns:us-east-1:000000000000:";
  private static final String QUEUE = "arn:aws:sqs:us-east-1:000000000000:";
  private static final String POLICY =
      """
      {"Statement": [
        {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"},
         "Action": "sqs:SendMessage", "Resource": "*",
         "Condition": {"ArnEquals": {"aws:SourceArn": "%s"}}},
        {"Effect": "Allow", "Principal": "*", "Action": ["sqs:SendMessage", "sqs:ReceiveMessage"]}
      ]}
      """
          .formatted(TOPIC + "orders");

  @TempDir static Path dir;
  private static FauxqsProcess server;

  private FaultyAws faults;
  private final List<Duration> pauses = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    TestAws.requireInstalled();
    server = FauxqsProcess.in(dir);
    server.start();
    try (AwsClients clients =
        new AwsClients(AwsClientsTest.access(server.endpoint(), null), 2, Duration.ofSeconds(20))) {
      fill(clients.sqs(), clients.sns());
    }
  }

  private static void fill(SqsClient sqs, SnsClient sns) {
    queue(sqs, "dead", Map.of());
    String orders =
        queue(
            sqs,
            "orders",
            Map.of(
                QueueAttributeName.VISIBILITY_TIMEOUT, "45",
                QueueAttributeName.DELAY_SECONDS, "5",
                QueueAttributeName.MESSAGE_RETENTION_PERIOD, "86400",
                QueueAttributeName.KMS_MASTER_KEY_ID, "alias/orders",
                QueueAttributeName.POLICY, POLICY,
                QueueAttributeName.REDRIVE_POLICY,
                    "{\"deadLetterTargetArn\":\"%sdead\",\"maxReceiveCount\":\"3\"}"
                        .formatted(QUEUE)));
    queue(
        sqs,
        "strict.fifo",
        Map.of(
            QueueAttributeName.FIFO_QUEUE, "true",
            QueueAttributeName.CONTENT_BASED_DEDUPLICATION, "true"));
    String plain = queue(sqs, "plain", Map.of());
    for (int i = 0; i < 3; i++) sqs.sendMessage(m -> m.queueUrl(plain).messageBody("x"));
    sqs.sendMessage(m -> m.queueUrl(plain).messageBody("later").delaySeconds(900));
    var unused = sqs.receiveMessage(r -> r.queueUrl(plain).maxNumberOfMessages(1));
    sqs.sendMessage(m -> m.queueUrl(orders).messageBody("x").delaySeconds(900));
    sns.createTopic(
        t ->
            t.name("orders")
                .attributes(Map.of("DisplayName", "Orders", "KmsMasterKeyId", "alias/t")));
    sns.createTopic(t -> t.name("strict.fifo").attributes(Map.of("FifoTopic", "true")));
    String filter = "{\"type\":[\"made\"]}";
    subscribe(sns, "orders", "sqs", QUEUE + "orders", Map.of("FilterPolicy", filter));
    subscribe(sns, "orders", "sqs", QUEUE + "plain", Map.of("RawMessageDelivery", "true"));
    subscribe(sns, "strict.fifo", "sqs", QUEUE + "strict.fifo", Map.of());
    String foreign = "arn:aws:sqs:us-east-1:111111111111:theirs";
    subscribe(sns, "orders", "sqs", foreign, Map.of());
    subscribe(sns, "orders", "sqs", QUEUE + "gone", Map.of());
    subscribe(sns, "orders", "lambda", "arn:aws:lambda:us-east-1:000000000000:f", Map.of());
    String redrive = "{\"deadLetterTargetArn\":\"%sdead\"}".formatted(QUEUE);
    subscribe(
        sns,
        "orders",
        "https",
        "https://user:hush@example.com/hook?token=hush",
        Map.of("RedrivePolicy", redrive));
  }

  private static String queue(
      SqsClient sqs, String name, Map<QueueAttributeName, String> attributes) {
    return sqs.createQueue(q -> q.queueName(name).attributes(attributes)).queueUrl();
  }

  private static void subscribe(
      SnsClient sns, String topic, String protocol, String endpoint, Map<String, String> more) {
    sns.subscribe(
        s -> s.topicArn(TOPIC + topic).protocol(protocol).endpoint(endpoint).attributes(more));
  }

  @AfterAll
  static void stop() {
    if (server != null) server.close();
  }

  @BeforeEach
  void prepare() throws Exception {
    faults = new FaultyAws(server.endpoint());
  }

  @AfterEach
  void end() {
    faults.close();
  }

  private Inventory inventory() throws Exception {
    return ReadAwsInventory.inventory(AwsClientsTest.access(faults.endpoint(), null), pauses::add);
  }

  private static JsonNode json(Inventory inventory) {
    return JsonMapper.shared().valueToTree(inventory.json());
  }

  private static JsonNode named(JsonNode list, String name) {
    return list.values().stream()
        .filter(n -> n.path("name").asString("").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> texts(JsonNode list) {
    return list.values().stream().map(n -> n.asString("")).toList();
  }

  private static List<String> names(JsonNode list) {
    return list.values().stream().map(n -> n.path("name").asString("")).toList();
  }

  private static List<String> kinds(JsonNode json, String what) {
    return json.path("attention").values().stream()
        .filter(a -> a.path("what").asString("").contains(what))
        .map(a -> a.path("kind").asString(""))
        .toList();
  }

  @Test
  void hasQueuesWithTheirNumbersPoliciesAndWays() throws Exception {
    Inventory inventory = inventory();
    JsonNode json = json(inventory);
    JsonNode queues = json.path("queues");
    assertThat(names(queues)).containsExactly("dead", "orders", "plain", "strict.fifo");
    JsonNode orders = named(queues, "orders");
    assertThat(orders.path("visibilitySeconds").asInt(0)).isEqualTo(45);
    assertThat(orders.path("delaySeconds").asInt(0)).isEqualTo(5);
    assertThat(orders.path("retentionSeconds").asInt(0)).isEqualTo(86_400);
    assertThat(orders.path("encryption").asString("")).isEqualTo("alias/orders");
    assertThat(orders.path("redriveTarget").asString("")).isEqualTo(QUEUE + "dead");
    assertThat(orders.path("maxReceiveCount").asInt(0)).isEqualTo(3);
    assertThat(texts(orders.path("topics"))).containsExactly(TOPIC + "orders");
    assertThat(texts(orders.path("senders")))
        .containsExactly(
            "Allow sqs:SendMessage to Service sns.amazonaws.com if ArnEquals aws:SourceArn "
                + TOPIC
                + "orders",
            "Allow sqs:SendMessage, sqs:ReceiveMessage to everyone");
    JsonNode plain = named(queues, "plain");
    assertThat(plain.path("ready").asInt(-1)).isEqualTo(2);
    assertThat(plain.path("inFlight").asInt(-1)).isEqualTo(1);
    assertThat(plain.path("delayed").asInt(-1)).isEqualTo(1);
    assertThat(plain.path("redriveTarget").isNull()).isTrue();
    assertThat(texts(named(queues, "dead").path("deadLetterSources")))
        .containsExactly(QUEUE + "orders");
    assertThat(named(queues, "strict.fifo").path("fifo").asBoolean(false)).isTrue();
    assertThat(inventory.warnings())
        .as("fauxqs has no CloudWatch")
        .singleElement()
        .asString()
        .startsWith("how old the oldest messages are can't be seen: cloudwatch:GetMetricData");
  }

  @Test
  void hasTheNewestAgeThatCloudWatchKnows() throws Exception {
    double hours = Duration.ofHours(13).toSeconds();
    faults.script(
        new QueueAges(Map.of("orders", List.of(hours, 60.0), "plain", List.of(42.4, 3.0)), 500));
    Inventory inventory = inventory();
    JsonNode queues = json(inventory).path("queues");
    assertThat(oldest(queues, "orders")).isEqualTo(46_800);
    assertThat(oldest(queues, "plain")).isEqualTo(42);
    assertThat(oldest(queues, "dead")).as("empty").isZero();
    assertThat(inventory.tables().get(2).columns().get(5)).isEqualTo("oldest");
    assertThat(inventory.tables().get(2).rows().stream().map(r -> r.get(5)))
        .containsExactly("", "13 h 0 min", "42 s", "");
    assertThat(inventory.warnings()).isEmpty();
    assertThat(kinds(json(inventory), "queue orders")).contains("old-messages");
    assertThat(kinds(json(inventory), "queue plain")).doesNotContain("old-messages");
  }

  /** SQS deletes them by the time they were first sent, which their age says nothing of. */
  @Test
  void deadLettersAreNoOldMessagesButExpire() {
    Map<String, String> attributes =
        Map.of(
            "QueueArn", QUEUE + "dead",
            "ApproximateNumberOfMessages", "3",
            "ApproximateNumberOfMessagesNotVisible", "0",
            "ApproximateNumberOfMessagesDelayed", "0",
            "MessageRetentionPeriod", "345600");
    Map<String, Long> ages = Map.of("dead", 300_000L);
    Map<String, List<String>> sources = Map.of(QUEUE + "dead", List.of(QUEUE + "orders"));
    AwsInventory.Queue dead = ReadQueue.of("http://x/0/dead", attributes, ages, sources, List.of());
    assertThat(WantsALook.at(List.of(), List.of(), List.of(dead)))
        .singleElement()
        .satisfies(
            a -> {
              assertThat(a.kind()).isEqualTo("dead-letters");
              assertThat(a.why())
                  .endsWith(
                      "deletes each 4 d after it was first sent, and the oldest came here 3 d 11 h ago");
            });
    AwsInventory.Queue usual =
        ReadQueue.of("http://x/0/dead", attributes, ages, Map.of(), List.of());
    assertThat(WantsALook.at(List.of(), List.of(), List.of(usual)))
        .extracting(AwsInventory.Attention::kind)
        .containsExactly("old-messages");
  }

  @Test
  void anAnswerThatIsNotOfTheQuestionIsNoAge() throws Exception {
    Map<String, Object> answer =
        Map.of(
            "MetricDataResults",
            List.of(
                Map.of("Values", List.of(1.0)),
                Map.of("Id", "x", "Values", List.of(2.0)),
                Map.of("Id", "q9", "Values", List.of(3.0))));
    faults.script(
        (request, next) ->
            request.action().equals("GetMetricData")
                ? FaultyAws.cbor(200, Map.of(), answer)
                : next.answer(request));
    assertThat(oldest(json(inventory()).path("queues"), "plain")).isEqualTo(-1);
  }

  @Test
  void whatCloudWatchHasNoAgeOfIsUnknown() throws Exception {
    faults.script(new QueueAges(Map.of("plain", List.of(42.0)), 1));
    Inventory inventory = inventory();
    JsonNode queues = json(inventory).path("queues");
    assertThat(oldest(queues, "orders")).isEqualTo(-1);
    assertThat(oldest(queues, "plain")).as("on the second page").isEqualTo(42);
    assertThat(inventory.tables().get(2).rows().get(1).get(5)).isEqualTo("?");
  }

  @Test
  void anAgeThatIsNotGrantedIsAWarningAndTheRestIsThere() throws Exception {
    JsonNode expected = json(inventory());
    faults.fail(403, "AccessDenied", Map.of(), "GetMetricData");
    Inventory inventory = inventory();
    assertThat(json(inventory)).isEqualTo(expected);
    assertThat(inventory.warnings())
        .containsExactly(
            "how old the oldest messages are can't be seen: cloudwatch:GetMetricData is not granted"
                + " (AccessDenied, status 403); grant it to see all");
    assertThat(oldest(expected.path("queues"), "plain")).isEqualTo(-1);
  }

  /** As in a network that has endpoints for SQS and SNS only. */
  @Test
  void aCloudWatchThatDoesNotAnswerIsAskedThreeTimes() throws Exception {
    JsonNode expected = json(inventory());
    pauses.clear();
    faults.script((r, next) -> r.action().equals("GetMetricData") ? null : next.answer(r));
    Inventory inventory = inventory();
    assertThat(json(inventory)).isEqualTo(expected);
    assertThat(inventory.warnings())
        .singleElement()
        .asString()
        .contains("cloudwatch:GetMetricData got no answer that can be read");
    assertThat(pauses).hasSize(2);
  }

  @Test
  void moreQueuesThanOneRequestMayName() throws Exception {
    List<String> names = IntStream.range(0, 1_001).mapToObj(i -> "queue-" + i).toList();
    Map<String, List<Double>> known =
        names.stream().collect(Collectors.toMap(n -> n, n -> List.of((double) n.hashCode())));
    faults.script(new QueueAges(known, 300));
    AwsAccess access = AwsClientsTest.access(faults.endpoint(), null);
    try (AwsClients clients = new AwsClients(access, 2, Duration.ofSeconds(20))) {
      AwsLook look = new AwsLook(access, pauses::add);
      Map<String, Long> ages = new ReadAges(clients.cloudWatch(), look).seconds(names);
      assertThat(ages).hasSize(1_001).allSatisfy((n, a) -> assertThat(a).isEqualTo(n.hashCode()));
    }
    assertThat(faults.requests()).hasSize(5);
  }

  private static long oldest(JsonNode queues, String name) {
    return named(queues, name).path("oldestSeconds").asLong(-2);
  }

  @Test
  void hasTopicsAndSubscriptions() throws Exception {
    JsonNode json = json(inventory());
    assertThat(names(json.path("topics"))).containsExactly("orders", "strict.fifo");
    JsonNode orders = named(json.path("topics"), "orders");
    assertThat(orders.path("displayName").asString("")).isEqualTo("Orders");
    assertThat(orders.path("kmsKey").asString("")).isEqualTo("alias/t");
    assertThat(texts(orders.path("queues"))).contains(QUEUE + "orders", QUEUE + "plain");
    JsonNode subscriptions = json.path("subscriptions");
    assertThat(subscriptions.size()).as("each once").isEqualTo(7);
    JsonNode filtered =
        subscriptions.values().stream()
            .filter(s -> s.path("endpoint").asString("").equals(QUEUE + "orders"))
            .findFirst()
            .orElseThrow();
    assertThat(filtered.path("filterPolicy").toString()).isEqualTo("{\"type\":[\"made\"]}");
    assertThat(filtered.path("scope").asString("")).isEqualTo("MessageAttributes");
    assertThat(json.toString()).doesNotContain("hush").contains("https://***@example.com/hook?***");
  }

  @Test
  void saysWhatWantsALook() throws Exception {
    JsonNode json = json(inventory());
    assertThat(kinds(json, "queue orders"))
        .containsExactly("delay", "redrive", "kms", "open-policy");
    assertThat(kinds(json, "queue plain")).containsExactly("message-timers");
    assertThat(kinds(json, "queue strict.fifo")).containsExactly("fifo", "content-deduplication");
    assertThat(kinds(json, "topic strict.fifo")).containsExactly("fifo");
    assertThat(kinds(json, "topic orders")).containsExactly("kms");
    assertThat(kinds(json, QUEUE + "orders to")).containsExactly("filter-policy");
    assertThat(kinds(json, QUEUE + "plain to")).containsExactly("raw-delivery");
    assertThat(kinds(json, QUEUE + "gone to")).containsExactly("missing-queue");
    assertThat(kinds(json, ":theirs to")).containsExactly("cross-account");
    assertThat(kinds(json, "lambda")).containsExactly("pending-confirmation", "protocol");
    assertThat(kinds(json, "of https")).containsExactly("pending-confirmation", "redrive");
  }

  @Test
  void isTheSameEachTimeAndHasATableForEach() throws Exception {
    Inventory first = inventory();
    assertThat(inventory().json()).isEqualTo(first.json());
    assertThat(first.tables().stream().map(Inventory.Table::title))
        .containsExactly(
            "topics in us-east-1",
            "subscriptions in us-east-1",
            "queues in us-east-1",
            "ways to the queues in us-east-1",
            "what wants a look in us-east-1");
    assertThat(first.tables().get(2).rows().get(1))
        .startsWith("orders", "standard", "0", "0", "1", "?", "45 s", "1 d", "5 s", "dead after 3");
    assertThat(first.tables().get(3).rows())
        .contains(List.of("orders", "topic orders"), List.of("dead", "only directly"));
  }

  @Test
  void throttlingIsWaitedOut() throws Exception {
    JsonNode expected = json(inventory());
    Map<String, Integer> left = new HashMap<>();
    faults.script(
        (request, next) -> {
          int times = left.merge(request.action() + request.parameter("TopicArn"), 1, Integer::sum);
          return times <= 2
              ? FaultyAws.error(request, 400, "ThrottlingException", Map.of())
              : next.answer(request);
        });
    assertThat(json(inventory())).isEqualTo(expected);
    assertThat(pauses).hasSizeGreaterThan(8).allMatch(p -> p.toMillis() <= 400);
  }

  @Test
  void throttlingWithoutAnEndIsAFailure() {
    faults.fail(400, "ThrottlingException", Map.of());
    assertThatThrownBy(this::inventory)
        .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.temporary()).isTrue())
        .hasMessageContaining("throttled");
    assertThat(pauses).hasSize(7);
  }

  @Test
  void credentialsThatAreRefusedAreAFailure() {
    faults.fail(403, "InvalidClientTokenId", Map.of());
    assertThatThrownBy(this::inventory)
        .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.temporary()).isFalse())
        .hasMessageContaining("sources.a.sqs")
        .hasMessageNotContaining("test-key");
  }

  @Test
  void whatIsNotGrantedIsSaidWithThePermission() throws Exception {
    faults.script(
        (request, next) ->
            switch (request.action()) {
              case "ListQueues" -> FaultyAws.error(request, 403, "AccessDenied", Map.of());
              case "GetTopicAttributes" ->
                  FaultyAws.error(request, 403, "AuthorizationError", Map.of());
              default -> next.answer(request);
            });
    Inventory inventory = inventory();
    assertThat(inventory.warnings())
        .startsWith(
            "topic orders and 1 more can't be seen: sns:GetTopicAttributes is not granted"
                + " (AuthorizationError, status 403); grant it to see all",
            "queues can't be seen: sqs:ListQueues is not granted (AccessDenied, status 403);"
                + " grant it to see all");
    JsonNode json = json(inventory);
    assertThat(json.path("queues").isEmpty()).isTrue();
    assertThat(names(json.path("topics"))).containsExactly("orders", "strict.fifo");
    assertThat(kinds(json, "gone")).as("nobody knows").isEmpty();
    assertThat(pauses).isEmpty();
  }

  @Test
  void pagesAreReadToTheirEnd() throws Exception {
    JsonNode expected = json(inventory());
    faults.script(
        (request, next) ->
            switch (request.action()) {
              case "ListQueues" -> next.answer(request.with(request.body().replace("1000", "1")));
              case "ListTopics" ->
                  page(request, next, "Topics", "ListTopics", "<TopicArn>" + TOPIC + "strict.fifo");
              case "ListSubscriptions" -> emptyFirst(request, next);
              default -> next.answer(request);
            });
    assertThat(json(inventory())).isEqualTo(expected);
    Stream<String> actions = faults.requests().stream().map(FaultyAws.Request::action);
    assertThat(actions.filter(a -> a.equals("ListQueues")).count()).isGreaterThan(4);
  }

  /** The first page has one of them alone, the second all. */
  private static FaultyAws.Answer page(
      FaultyAws.Request request, FaultyAws.Next next, String list, String action, String member)
      throws java.io.IOException, InterruptedException {
    if (!request.parameter("NextToken").isEmpty()) return next.answer(withoutToken(request));
    String tag = Objects.requireNonNull(member).substring(0, member.indexOf('>') + 1);
    return xml(
        action,
        "<%s><member>%s%s</member></%s><NextToken>more</NextToken>"
            .formatted(list, member, tag.replace("<", "</"), list));
  }

  private static FaultyAws.Answer emptyFirst(FaultyAws.Request request, FaultyAws.Next next)
      throws java.io.IOException, InterruptedException {
    if (!request.parameter("NextToken").isEmpty()) return next.answer(withoutToken(request));
    return xml("ListSubscriptions", "<Subscriptions/><NextToken>more</NextToken>");
  }

  private static FaultyAws.Request withoutToken(FaultyAws.Request request) {
    return request.with(request.body().replace("NextToken=more", "Unused=1"));
  }

  private static FaultyAws.Answer xml(String action, String result) {
    String body =
        "<%sResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><%sResult>%s</%sResult></%sResponse>";
    return new FaultyAws.Answer(
        200,
        Map.of("Content-Type", "text/xml"),
        body.formatted(action, action, result, action, action));
  }
}
