package io.amebobridge.aws;

import io.amebobridge.aws.AwsInventory.Queue;
import io.amebobridge.aws.AwsInventory.Subscription;
import io.amebobridge.aws.AwsInventory.Topic;
import io.amebobridge.core.Inventory;
import io.amebobridge.core.SourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.ListSubscriptionsByTopicResponse;
import software.amazon.awssdk.services.sns.model.ListSubscriptionsResponse;
import software.amazon.awssdk.services.sns.model.ListTopicsResponse;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ListQueuesResponse;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Reads an {@link AwsInventory}; only looks. Used once, by one thread. */
final class ReadAwsInventory {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

  /** Without a number of its own SQS gives a thousand and no token for more. */
  private static final int PAGE = 1_000;

  private final SqsClient sqs;
  private final SnsClient sns;
  private final ReadAges ages;
  private final AwsLook look;

  private ReadAwsInventory(AwsClients clients, AwsLook look) {
    this.sqs = clients.sqs();
    this.sns = clients.sns();
    this.ages = new ReadAges(clients.cloudWatch(), look);
    this.look = look;
  }

  /** All that these credentials see in their region. */
  static Inventory inventory(AwsAccess access) throws SourceException, InterruptedException {
    return inventory(access, time -> TimeUnit.NANOSECONDS.sleep(time.toNanos()));
  }

  static Inventory inventory(AwsAccess access, AwsLook.Pause pause)
      throws SourceException, InterruptedException {
    try (AwsClients clients = new AwsClients(access, 2, ANSWER_LIMIT)) {
      AwsLook look = new AwsLook(access, pause);
      ReadAwsInventory read = new ReadAwsInventory(clients, look);
      return AwsInventoryTables.of(
          read.read(clients.address(read.sqs), clients.region().id()), look.warnings());
    }
  }

  private AwsInventory read(String endpoint, String region)
      throws SourceException, InterruptedException {
    List<String> topicArns = topicArns();
    List<Subscription> subscriptions = subscriptions(topicArns);
    List<Topic> topics = new ArrayList<>();
    for (String arn : topicArns) {
      List<String> queues =
          subscriptions.stream()
              .filter(s -> s.topicArn().equals(arn) && s.protocol().equals("sqs"))
              .map(Subscription::endpoint)
              .distinct()
              .toList();
      topics.add(topic(arn, queues));
    }
    List<Queue> queues = queues(subscriptions);
    return new AwsInventory(
        endpoint,
        region,
        topics,
        subscriptions,
        queues,
        WantsALook.at(topics, subscriptions, queues));
  }

  private List<String> topicArns() throws SourceException, InterruptedException {
    TreeSet<String> arns = new TreeSet<>();
    String token = null;
    do {
      String from = token;
      ListTopicsResponse page =
          look.call("sns:ListTopics", "topics", () -> sns.listTopics(t -> t.nextToken(from)));
      if (page == null) break;
      page.topics().forEach(t -> arns.add(t.topicArn()));
      token = page.nextToken();
    } while (token != null && !token.isEmpty());
    return List.copyOf(arns);
  }

  /** Ours to anybody's topics, and anybody's to our topics. */
  private List<Subscription> subscriptions(List<String> topicArns)
      throws SourceException, InterruptedException {
    Map<String, software.amazon.awssdk.services.sns.model.Subscription> found = new TreeMap<>();
    String token = null;
    do {
      String from = token;
      ListSubscriptionsResponse page =
          look.call(
              "sns:ListSubscriptions",
              "subscriptions",
              () -> sns.listSubscriptions(s -> s.nextToken(from)));
      if (page == null) break;
      page.subscriptions().forEach(s -> found.put(key(s), s));
      token = page.nextToken();
    } while (token != null && !token.isEmpty());
    for (String topic : topicArns) ofTopic(topic, found);
    List<Subscription> all = new ArrayList<>();
    for (var s : found.values()) all.add(subscription(s));
    return all;
  }

  private void ofTopic(
      String topic, Map<String, software.amazon.awssdk.services.sns.model.Subscription> found)
      throws SourceException, InterruptedException {
    String token = null;
    do {
      String from = token;
      ListSubscriptionsByTopicResponse page =
          look.call(
              "sns:ListSubscriptionsByTopic",
              "subscriptions of topic " + AwsInventory.name(topic),
              () -> sns.listSubscriptionsByTopic(s -> s.topicArn(topic).nextToken(from)));
      if (page == null) return;
      page.subscriptions().forEach(s -> found.put(key(s), s));
      token = page.nextToken();
    } while (token != null && !token.isEmpty());
  }

  /** Those that wait for their confirmation have no ARN. */
  private static String key(software.amazon.awssdk.services.sns.model.Subscription s) {
    return String.join(" ", s.topicArn(), s.protocol(), s.endpoint(), s.subscriptionArn());
  }

  private Subscription subscription(software.amazon.awssdk.services.sns.model.Subscription s)
      throws SourceException, InterruptedException {
    String arn = s.subscriptionArn();
    boolean hasArn = arn.startsWith("arn:");
    Map<String, String> a =
        hasArn
            ? look.call(
                "sns:GetSubscriptionAttributes",
                "subscription " + arn,
                () -> sns.getSubscriptionAttributes(g -> g.subscriptionArn(arn)).attributes())
            : null;
    Map<String, String> known = a == null ? Map.of() : a;
    Object redrive = InventoryJson.policy(known.get("RedrivePolicy"));
    Object filter = InventoryJson.policy(known.get("FilterPolicy"));
    String scope = known.get("FilterPolicyScope");
    return new Subscription(
        arn,
        s.topicArn(),
        s.protocol(),
        withoutSecrets(s.endpoint()),
        s.owner(),
        arn.equals("PendingConfirmation") || "true".equals(known.get("PendingConfirmation")),
        a != null,
        filter,
        filter == null ? null : scope == null ? "MessageAttributes" : scope,
        "true".equals(known.get("RawMessageDelivery")),
        text(InventoryJson.field(redrive, "deadLetterTargetArn")),
        InventoryJson.policy(known.get("DeliveryPolicy")));
  }

  /** SNS calls such URLs with basic authentication, or with a token in the query. */
  private static String withoutSecrets(String endpoint) {
    if (!endpoint.startsWith("http:") && !endpoint.startsWith("https:")) return endpoint;
    return endpoint.replaceFirst("//[^/@?]*@", "//***@").replaceFirst("\\?.*$", "?***");
  }

  private Topic topic(String arn, List<String> queues)
      throws SourceException, InterruptedException {
    Map<String, String> a =
        look.call(
            "sns:GetTopicAttributes",
            "topic " + AwsInventory.name(arn),
            () -> sns.getTopicAttributes(t -> t.topicArn(arn)).attributes());
    Map<String, String> known = a == null ? Map.of() : a;
    return new Topic(
        arn,
        AwsInventory.name(arn),
        FifoName.isFifo(arn),
        "true".equals(known.get("ContentBasedDeduplication")),
        text(known.get("DisplayName")),
        text(known.get("KmsMasterKeyId")),
        InventoryJson.policy(known.get("DeliveryPolicy")),
        InventoryJson.policy(known.get("ArchivePolicy")),
        a == null ? null : PolicySummary.of(known.get("Policy")),
        OpenPolicy.isOpen(known.get("Policy")),
        queues);
  }

  private List<Queue> queues(List<Subscription> subscriptions)
      throws SourceException, InterruptedException {
    TreeSet<String> urls = new TreeSet<>();
    String token = null;
    do {
      String from = token;
      ListQueuesResponse page =
          look.call(
              "sqs:ListQueues",
              "queues",
              () -> sqs.listQueues(q -> q.maxResults(PAGE).nextToken(from)));
      if (page == null) break;
      urls.addAll(page.queueUrls());
      token = page.nextToken();
    } while (token != null && !token.isEmpty());
    Map<String, Map<String, String>> attributes = new TreeMap<>();
    Map<String, List<String>> sources = new TreeMap<>();
    for (String url : urls) {
      Map<String, String> a =
          look.call(
              "sqs:GetQueueAttributes",
              "queue " + ReadQueue.name(url),
              () ->
                  sqs.getQueueAttributes(
                          q -> q.queueUrl(url).attributeNames(QueueAttributeName.ALL))
                      .attributesAsStrings());
      attributes.put(url, a == null ? Map.of() : a);
      if (a == null) continue;
      Object redrive = InventoryJson.policy(a.get("RedrivePolicy"));
      String to = text(InventoryJson.field(redrive, "deadLetterTargetArn"));
      if (to != null) sources.computeIfAbsent(to, t -> new ArrayList<>()).add(a.get("QueueArn"));
    }
    List<String> holding = new ArrayList<>();
    attributes.forEach(
        (url, a) -> {
          if (!a.isEmpty() && !ReadQueue.isEmpty(a)) holding.add(ReadQueue.name(url));
        });
    Map<String, Long> of = ages.seconds(holding);
    List<Queue> all = new ArrayList<>();
    attributes.forEach((url, a) -> all.add(ReadQueue.of(url, a, of, sources, subscriptions)));
    all.sort(Comparator.comparing(Queue::arn).thenComparing(Queue::url));
    return all;
  }

  static @Nullable String text(@Nullable Object value) {
    String text = Objects.toString(value, "");
    return text.isEmpty() ? null : text;
  }
}
