package io.amebobridge.aws;

import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.pollUntil;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.TestAws;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** What a shadow reads, what the application notices, and what is said when the copies end. */
class ShadowFlowTest {
  private static final String FILTER = "{\"event\":[\"paid\"]}";

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
    return new ShadowSources(aws, name).with("topic", topic).with("create", "true");
  }

  private String publish(String body, String event) {
    return aws.sns
        .publish(
            p ->
                p.topicArn(topic)
                    .message(body)
                    .messageAttributes(
                        Map.of(
                            "event",
                            MessageAttributeValue.builder()
                                .dataType("String")
                                .stringValue(event)
                                .build())))
        .messageId();
  }

  private String url(String queue) {
    return aws.sqs.getQueueUrl(g -> g.queueName(queue)).queueUrl();
  }

  private List<Message> applicationReads() {
    return aws.sqs
        .receiveMessage(r -> r.queueUrl(url(name)).maxNumberOfMessages(10).visibilityTimeout(0))
        .messages();
  }

  private String ownSubscription() {
    return aws.sns.listSubscriptionsByTopic(l -> l.topicArn(topic)).subscriptions().stream()
        .filter(s -> s.endpoint().equals(AwsFixture.queueArn(shadow)))
        .findFirst()
        .orElseThrow()
        .subscriptionArn();
  }

  @Test
  void theApplicationKeepsItsMessagesAndTheIdsAreThoseOfALaterTakeover() throws Exception {
    Map<String, Object> before = aws.state(name);
    Delivery copy;
    String id;
    try (SqsSource source = sources().create()) {
      source.open();
      id = publish("{\"n\":1}", "paid");
      publish("{\"n\":2}", "other");
      copy = read(source, 1).get(0);
      source.settle(List.of(copy));
    }
    assertThat(copy.message().id()).isEqualTo("sns:" + id);
    assertThat(copy.message().address()).isEqualTo(name);
    assertThat(copy.message().origin().error()).isNull();
    assertThat(copy.message().origin().variables())
        .containsEntry("queue", name)
        .containsEntry("topicArn", topic);
    Map<String, Object> after = aws.state(name);
    after.keySet().removeIf(k -> k.contains(shadow) || k.equals(ownSubscription()));
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertThat(after.get(original)).isEqualTo(before.get(original));
    assertThat(applicationReads()).singleElement().matches(m -> m.body().contains(id));
    try (SqsSource takeover = sources().takeover()) {
      takeover.open();
      Delivery same = read(takeover, 1).get(0);
      assertThat(same.message().id()).isEqualTo(copy.message().id());
      assertThat(same.message().address()).isEqualTo(copy.message().address());
      assertThat(same.message().body()).isEqualTo(copy.message().body());
    }
  }

  @Test
  void withoutConsentNothingIsCreated() throws Exception {
    Map<String, Object> before = aws.state(name);
    try (SqsSource source = new ShadowSources(aws, name).with("topic", topic).create()) {
      assertThatThrownBy(source::open)
          .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.temporary()).isFalse())
          .hasMessageContaining("create: true");
    }
    assertThat(aws.state(name)).isEqualTo(before);
  }

  @Test
  void whatDidNotComeByTheTopicsIsNoEvent() throws Exception {
    try (SqsSource source = sources().create()) {
      source.open();
      aws.sqs.sendMessage(s -> s.queueUrl(url(shadow)).messageBody("{\"forged\":1}"));
      String other = aws.topic(name + "-b");
      aws.subscribe(other, shadow, Map.of());
      aws.sns.publish(p -> p.topicArn(other).message("{\"other\":1}"));
      List<Delivery> got = read(source, 2);
      assertThat(got)
          .extracting(d -> d.message().origin().error())
          .anyMatch(e -> e.contains("without SNS's envelope"))
          .anyMatch(e -> e.contains("by topic " + other + ", which"));
      source.settle(got);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"subscription", "raw", "filter", "theirs", "policy", "topic", "queue", "original"})
  void whatEndsTheCopiesStopsTheSource(String what) throws Exception {
    try (SqsSource source = sources().create()) {
      source.open();
      change(what);
      assertThatThrownBy(() -> pollUntil(source, () -> false))
          .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.temporary()).isFalse())
          .hasMessageContainingAll("may not get what queue " + name, says(what), "lostMessages");
      assertThatThrownBy(() -> pollUntil(source, () -> false)).isInstanceOf(SourceException.class);
    }
  }

  @Test
  void orIsSaidOnlyWhereTheConfigSaysToGoOn() throws Exception {
    try (SqsSource source = sources().with("lostMessages", "continue").create()) {
      source.open();
      assertThat(source.away()).isNull();
      change("theirs");
      List<Delivery> got = new ArrayList<>();
      pollUntil(source, got, () -> source.away() != null);
      assertThat(source.away()).contains(says("theirs"));
      aws.set(original, "FilterPolicy", FILTER);
      pollUntil(source, got, () -> source.away() == null);
      publish("after", "paid");
      pollUntil(source, got, () -> bodies(got).contains("after"));
    }
  }

  private void change(String what) {
    switch (what) {
      case "subscription" -> aws.sns.unsubscribe(u -> u.subscriptionArn(ownSubscription()));
      case "raw" -> aws.set(ownSubscription(), "RawMessageDelivery", "true");
      case "filter" -> aws.set(ownSubscription(), "FilterPolicy", "{\"event\":[\"other\"]}");
      case "theirs" -> aws.set(original, "FilterPolicy", "{\"event\":[\"other\"]}");
      case "topic" -> aws.sns.deleteTopic(d -> d.topicArn(topic));
      case "queue" -> aws.sqs.deleteQueue(d -> d.queueUrl(url(shadow)));
      case "original" -> aws.sqs.deleteQueue(d -> d.queueUrl(url(name)));
      default ->
          aws.sqs.setQueueAttributes(
              s ->
                  s.queueUrl(url(shadow))
                      .attributes(
                          Map.of(
                              QueueAttributeName.POLICY,
                              new QueuePolicy(AwsFixture.queueArn(shadow), List.of("x")).json())));
    }
  }

  private String says(String what) {
    return switch (what) {
      case "subscription", "topic" -> "subscription to topic " + topic + " is gone";
      case "raw" -> "raw delivery";
      case "filter" -> "has filter policy {\"event\":[\"other\"]}";
      case "theirs" -> "wanted: filter policy {\"event\":[\"other\"]}";
      case "queue" -> "queue " + shadow + " is gone";
      case "original" -> "queue " + name + " is gone";
      default -> "does not let these topics send";
    };
  }

  @Test
  void aFifoTopicsCopiesHaveTheApplicationsLanes() throws Exception {
    String fifo = name + ".fifo";
    aws.queue(fifo);
    String arn = aws.topic(fifo);
    aws.subscribe(arn, fifo, Map.of());
    ShadowSources sources = new ShadowSources(aws, fifo).with("topic", arn).with("create", "true");
    try (SqsSource source = sources.create()) {
      source.open();
      aws.sns.publish(
          p -> p.topicArn(arn).message("m").messageGroupId("g").messageDeduplicationId("1"));
      Delivery copy = read(source, 1).get(0);
      assertThat(copy.lane()).isEqualTo(fifo + "/g");
      source.settle(List.of(copy));
    }
  }
}
