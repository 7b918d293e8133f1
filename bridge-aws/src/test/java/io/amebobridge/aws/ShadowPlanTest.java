package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.TestAws;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * What a shadow would create is said before; without consent, and over what differs, nothing is.
 */
class ShadowPlanTest {
  private static final String FILTER = "{\"event\":[\"paid\",\"refunded\"]}";

  private final String name = TestAws.unique("orders");
  private final String shadow = "amebo-bridge-shop-" + name;
  private AwsFixture aws;
  private String topic;
  private String original;

  @BeforeEach
  void prepare() throws Exception {
    aws = new AwsFixture();
    aws.queue(name);
    topic = aws.topic(name);
    original = aws.subscribe(topic, name, Map.of("FilterPolicy", FILTER));
  }

  @AfterEach
  void end() {
    if (aws != null) aws.close();
  }

  private ShadowSources sources() {
    return new ShadowSources(aws, name).with("topic", topic);
  }

  private ShadowSources consented() {
    return sources().with("create", "true");
  }

  private void assertRefused(ShadowSources sources, String... says) {
    Map<String, Object> before = aws.state(name);
    assertThatThrownBy(sources::plan)
        .isInstanceOfSatisfying(
            SourceException.class, e -> assertThat(e.temporary()).as(e.getMessage()).isFalse())
        .hasMessageContainingAll(says);
    assertThat(aws.state(name)).isEqualTo(before);
  }

  private void set(QueueAttributeName attribute, String value) {
    String url = aws.sqs.getQueueUrl(g -> g.queueName(shadow)).queueUrl();
    aws.sqs.setQueueAttributes(s -> s.queueUrl(url).attributes(Map.of(attribute, value)));
  }

  private String ownSubscription() {
    return aws.sns.listSubscriptionsByTopic(l -> l.topicArn(topic)).subscriptions().stream()
        .filter(s -> s.endpoint().equals(AwsFixture.queueArn(shadow)))
        .findFirst()
        .orElseThrow()
        .subscriptionArn();
  }

  @Test
  void whatIsMissingIsSaidThenCreatedThenTheSame() throws Exception {
    Map<String, Object> before = aws.state(name);
    List<String> facts = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    assertThat(
            new InspectShadow(consented().settings(), consented().api(), facts, warnings)
                .look()
                .queueIsMissing())
        .isTrue();
    assertThat(aws.state(name)).as("looking creates nothing").isEqualTo(before);
    assertThat(facts)
        .anyMatch(f -> f.contains("queue " + shadow) && f.endsWith(": will be created"))
        .anyMatch(
            f -> f.contains("its policy: {") && f.contains("\"aws:SourceArn\":\"" + topic + "\""))
        .anyMatch(
            f ->
                f.contains("topic " + topic)
                    && f.contains("no raw delivery, filter policy " + FILTER)
                    && f.endsWith(": will be created"))
        .anyMatch(f -> f.contains("sns:Subscribe") && f.contains("sqs:CreateQueue"));
    assertThat(warnings).anyMatch(w -> w.contains("itself, not by a topic, is not copied"));

    consented().prepare();
    Map<String, Object> created = aws.state(name);
    assertThat(created).containsAllEntriesOf(before).hasSize(before.size() + 3);
    Map<String, String> own =
        aws.sns.getSubscriptionAttributes(g -> g.subscriptionArn(ownSubscription())).attributes();
    assertThat(own)
        .containsEntry("FilterPolicy", FILTER)
        .containsEntry("RawMessageDelivery", "false");
    String url = aws.sqs.getQueueUrl(g -> g.queueName(shadow)).queueUrl();
    Map<QueueAttributeName, String> attributes =
        aws.sqs
            .getQueueAttributes(g -> g.queueUrl(url).attributeNames(QueueAttributeName.ALL))
            .attributes();
    assertThat(attributes)
        .containsEntry(QueueAttributeName.MESSAGE_RETENTION_PERIOD, "1209600")
        .containsEntry(
            QueueAttributeName.POLICY,
            new QueuePolicy(AwsFixture.queueArn(shadow), List.of(topic)).json());

    ShadowPlan second = sources().plan();
    assertThat(second.isComplete()).as("needs no consent any more").isTrue();
    assertThat(second.lines()).filteredOn(l -> l.endsWith("there already, the same")).hasSize(3);
    consented().prepare();
    assertThat(aws.state(name)).as("a second run changes nothing").isEqualTo(created);
  }

  @Test
  void withoutConsentItIsRefusedWithTheCommands() {
    assertRefused(
        sources(),
        "creates nothing unless the config says",
        "shadow.create: true",
        "aws sqs create-queue --region us-east-1 --queue-name " + shadow,
        "\"Policy\":\"{\\\"Version\\\"",
        "aws sns subscribe --region us-east-1 --topic-arn " + topic,
        "'{\"RawMessageDelivery\":\"false\",\"FilterPolicy\":\"{\\\"event\\\"",
        "sqs:ReceiveMessage");
  }

  @Test
  void whatDiffersIsRefusedWithTheRemedy() throws Exception {
    consented().prepare();
    assertRefused(consented().with("filterPolicy", "none"), "wanted: no filter policy", "'{}'");
    set(QueueAttributeName.POLICY, new QueuePolicy("arn:aws:sqs:x:1:y", List.of(topic)).json());
    set(QueueAttributeName.MESSAGE_RETENTION_PERIOD, "3600");
    set(QueueAttributeName.MAXIMUM_MESSAGE_SIZE, "1024");
    set(
        QueueAttributeName.REDRIVE_POLICY,
        "{\"maxReceiveCount\":5,\"deadLetterTargetArn\":\"" + AwsFixture.queueArn(name) + "\"}");
    String own = ownSubscription();
    aws.set(own, "RawMessageDelivery", "true");
    aws.set(own, "FilterPolicy", "{\"event\":[\"other\"]}");
    assertRefused(
        consented(),
        "is there and differs",
        "allows more than the topics",
        "aws sqs set-queue-attributes",
        "3600 seconds only",
        "1024 bytes only",
        "redrive policy",
        "raw delivery",
        "--attribute-name RawMessageDelivery --attribute-value 'false'",
        "filter policy {\"event\":[\"other\"]}",
        "that of queue " + name,
        "--attribute-name FilterPolicy --attribute-value '" + FILTER + "'",
        "15 minutes",
        "the bridge changes nothing");
  }

  @Test
  void theApplicationsSubscriptionSaysWhichOrTheConfig() throws Exception {
    String other = aws.topic(name + "-b");
    ShadowSources unknown = new ShadowSources(aws, name).with("topic", other);
    assertRefused(unknown, "has no subscription to topic " + other, "write filterPolicy");
    assertRefused(new ShadowSources(aws, name + "-none").with("topic", topic), "there is no queue");
    ShadowPlan all =
        new ShadowSources(aws, name)
            .with("create", "true")
            .with(
                "topics",
                "[{topic: '%s', filterPolicy: {n: [{numeric: ['>', 1.50]}]}}, {topic: '%s'}]"
                    .formatted(other, topic))
            .plan();
    assertThat(all.subscriptionAttributes(all.look().topics().get(0)))
        .containsEntry("FilterPolicy", "{\"n\":[{\"numeric\":[\">\",1.50]}]}")
        .containsEntry("FilterPolicyScope", "MessageAttributes");
    assertThat(all.warnings()).anyMatch(w -> w.contains("gets what that queue does not"));
    assertThat(all.policy().topics()).containsExactly(other, topic);
  }

  @Test
  void rawDeliveryOfTheApplicationIsWarnedOf() throws Exception {
    aws.set(original, "RawMessageDelivery", "true");
    assertThat(consented().plan().warnings())
        .singleElement()
        .asString()
        .contains("has raw delivery", "takeover", "store again");
  }

  @Test
  void aFurtherTopicOfTheQueueIsWarnedOf() throws Exception {
    String other = aws.topic(name + "-b");
    aws.subscribe(other, name, Map.of());
    List<String> warnings = new ArrayList<>();
    var unused =
        new InspectShadow(consented().settings(), consented().api(), new ArrayList<>(), warnings)
            .look();
    assertThat(warnings).anyMatch(w -> w.contains("subscribed to topic " + other + " too"));
  }

  @Test
  void whatWasThereBeforeIsNotCreatedAgainWithoutAWord() throws Exception {
    consented().prepare();
    aws.sns.unsubscribe(u -> u.subscriptionArn(ownSubscription()));
    assertRefused(
        consented(), "was subscribed to [" + topic + "] before", "lostMessages: continue");
    consented().with("lostMessages", "continue").prepare();
    assertThat(consented().plan().isComplete()).isTrue();

    String url = aws.sqs.getQueueUrl(g -> g.queueName(shadow)).queueUrl();
    aws.sqs.deleteQueue(d -> d.queueUrl(url));
    assertRefused(consented(), "was there before", "lostMessages: continue");
    consented().with("lostMessages", "continue").prepare();
    assertThat(consented().plan().isComplete()).isTrue();

    String again = aws.sqs.getQueueUrl(g -> g.queueName(shadow)).queueUrl();
    aws.sqs.deleteQueue(d -> d.queueUrl(again));
    aws.sns.unsubscribe(u -> u.subscriptionArn(ownSubscription()));
    assertThat(consented().plan().gone()).as("removed in order: it begins anew").isNull();
  }

  @Test
  void aFifoTopicGetsAFifoShadowLikeTheApplications() throws Exception {
    String fifo = aws.topic(name + ".fifo");
    aws.sqs.createQueue(
        c ->
            c.queueName(name + ".fifo")
                .attributes(
                    Map.of(
                        QueueAttributeName.FIFO_QUEUE,
                        "true",
                        QueueAttributeName.DEDUPLICATION_SCOPE,
                        "messageGroup",
                        QueueAttributeName.FIFO_THROUGHPUT_LIMIT,
                        "perMessageGroupId")));
    aws.subscribe(fifo, name + ".fifo", Map.of());
    ShadowSources sources =
        new ShadowSources(aws, name + ".fifo").with("topic", fifo).with("create", "true");
    sources.prepare();
    assertThat(sources.settings().queue()).isEqualTo(shadow + ".fifo");
    String made = aws.sqs.getQueueUrl(g -> g.queueName(shadow + ".fifo")).queueUrl();
    assertThat(
            aws.sqs
                .getQueueAttributes(g -> g.queueUrl(made).attributeNames(QueueAttributeName.ALL))
                .attributes())
        .containsEntry(QueueAttributeName.FIFO_QUEUE, "true")
        .containsEntry(QueueAttributeName.DEDUPLICATION_SCOPE, "messageGroup")
        .containsEntry(QueueAttributeName.FIFO_THROUGHPUT_LIMIT, "perMessageGroupId");
  }
}
