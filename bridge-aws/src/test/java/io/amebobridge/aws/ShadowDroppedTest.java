package io.amebobridge.aws;

import static io.amebobridge.testkit.Reads.pollUntil;
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
 * The queue of what SNS can't deliver to a shadow. That SNS puts it there is AWS's promise, which
 * fauxqs does not keep: here a test puts it there.
 */
class ShadowDroppedTest {
  private final String name = TestAws.unique("orders");
  private final String shadow = "amebo-bridge-shop-" + name;
  private final String dropped = shadow + "-dropped";
  private AwsFixture aws;
  private String topic;

  @BeforeEach
  void prepare() throws Exception {
    aws = new AwsFixture();
    aws.queue(name);
    topic = aws.topic(name);
    aws.subscribe(topic, name, Map.of());
  }

  @AfterEach
  void end() {
    if (aws != null) aws.close();
  }

  private ShadowSources sources() {
    return new ShadowSources(aws, name).with("topic", topic).with("create", "true");
  }

  private String url(String queue) {
    return aws.sqs.getQueueUrl(g -> g.queueName(queue)).queueUrl();
  }

  private String ownSubscription() {
    return aws.sns.listSubscriptionsByTopic(l -> l.topicArn(topic)).subscriptions().stream()
        .filter(s -> s.endpoint().equals(AwsFixture.queueArn(shadow)))
        .findFirst()
        .orElseThrow()
        .subscriptionArn();
  }

  private Map<String, String> attributesOfOwn() {
    return aws.sns
        .getSubscriptionAttributes(g -> g.subscriptionArn(ownSubscription()))
        .attributes();
  }

  private void drop() {
    aws.sqs.sendMessage(s -> s.queueUrl(url(dropped)).messageBody("{}"));
  }

  private static void assertStops(SqsSource source, String... says) {
    assertThatThrownBy(() -> pollUntil(source, () -> false))
        .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.temporary()).isFalse())
        .hasMessageContainingAll(says);
  }

  @Test
  void itIsCreatedWithLeastPrivilegeAndNamedByTheSubscription() throws Exception {
    assertThatThrownBy(() -> new ShadowSources(aws, name).with("topic", topic).plan())
        .hasMessageContainingAll(
            "create-queue --region us-east-1 --queue-name " + dropped, "Redrive");
    sources().prepare();
    String arn = AwsFixture.queueArn(dropped);
    assertThat(attributesOfOwn())
        .containsEntry("RedrivePolicy", "{\"deadLetterTargetArn\":\"" + arn + "\"}");
    String url = url(dropped);
    assertThat(
            aws.sqs
                .getQueueAttributes(g -> g.queueUrl(url).attributeNames(QueueAttributeName.ALL))
                .attributes())
        .containsEntry(QueueAttributeName.POLICY, new QueuePolicy(arn, List.of(topic)).json())
        .containsEntry(QueueAttributeName.MESSAGE_RETENTION_PERIOD, "1209600");
    assertThat(sources().plan().isComplete()).isTrue();
    assertThat(sources().plan().warnings()).isEmpty();
  }

  @Test
  void whatIsInItStopsTheSourceAndEachStart() throws Exception {
    try (SqsSource source = sources().create()) {
      source.open();
      drop();
      assertStops(source, "SNS could not deliver some copies", "queue " + dropped, "lostMessages");
    }
    assertThatThrownBy(() -> sources().plan())
        .hasMessageContainingAll("has not got all copies", dropped, "lostMessages: continue");
  }

  @Test
  void orIsSaidUntilItIsPurged() throws Exception {
    sources().prepare();
    drop();
    try (SqsSource source = sources().with("lostMessages", "continue").create()) {
      source.open();
      pollUntil(source, () -> source.away() != null);
      assertThat(source.away()).contains("SNS could not deliver some copies");
      aws.sqs.purgeQueue(p -> p.queueUrl(url(dropped)));
      pollUntil(source, () -> source.away() == null);
    }
  }

  @Test
  void withoutItThereIsNoEvidence() throws Exception {
    sources().prepare();
    try (SqsSource source = sources().create()) {
      source.open();
      aws.sqs.deleteQueue(d -> d.queueUrl(url(dropped)));
      assertStops(source, "queue " + dropped + " is gone", "no evidence");
    }
    assertThat(sources().plan().warnings())
        .singleElement()
        .asString()
        .contains("queue " + dropped + " was there before", "can't be said");
    sources().prepare();
    assertThat(sources().plan().warnings()).isEmpty();
  }

  @Test
  void aSubscriptionWithoutItDiffers() throws Exception {
    sources().prepare();
    aws.set(ownSubscription(), "RedrivePolicy", "");
    assertThatThrownBy(() -> sources().plan())
        .hasMessageContainingAll(
            "does not send what can't be delivered to queue " + dropped,
            "--attribute-name RedrivePolicy --attribute-value '{\"deadLetterTargetArn\"",
            "dropped: none");
    aws.sqs.setQueueAttributes(
        s ->
            s.queueUrl(url(dropped))
                .attributes(
                    Map.of(
                        QueueAttributeName.POLICY,
                        new QueuePolicy(AwsFixture.queueArn(dropped), List.of("x")).json())));
    assertThatThrownBy(() -> sources().plan())
        .hasMessageContainingAll("of queue " + dropped, "does not let these topics send");
  }

  @Test
  void noneDoesWithoutAndIsWarnedOfAtEachStart() throws Exception {
    ShadowSources none = sources().with("dropped", "none").with("kmsKey", "alias/orders");
    none.prepare();
    assertThat(attributesOfOwn()).doesNotContainKey("RedrivePolicy");
    assertThat(aws.state(name).keySet()).noneMatch(k -> k.endsWith("-dropped"));
    List<String> warnings = new ArrayList<>();
    var unused = new InspectShadow(none.settings(), none.api(), new ArrayList<>(), warnings).look();
    assertThat(warnings)
        .anyMatch(w -> w.contains("vanish without a word") && w.contains("its key"));
  }

  /** AWS: subscription and queue must be in one region. */
  @Test
  void ofATopicInAnotherRegionThereIsNone() throws Exception {
    String far = "arn:aws:sns:eu-west-1:000000000000:far";
    ShadowSettings settings = sources().with("filterPolicy", "none").settings();
    ShadowPlan plan = sources().plan();
    ShadowTopic other = new ShadowTopic(far, settings.topics().get(0).filter());
    assertThat(plan.redrivePolicy(other)).isNull();
    assertThat(plan.redrivePolicy(settings.topics().get(0))).contains(dropped);
  }
}
