package io.amebobridge.aws;

import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.pollUntil;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.AwsFaultProxy;
import io.amebobridge.testkit.TestAws;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A shadow where AWS refuses, or does not show yet what is there. */
class ShadowTroubleTest {
  private static final int ALWAYS = 1_000_000;

  private final String name = TestAws.unique("orders");
  private final String shadow = "amebo-bridge-shop-" + name;
  private AwsFixture aws;
  private AwsFaultProxy proxy;
  private String topic;

  @BeforeEach
  void prepare() throws Exception {
    aws = new AwsFixture();
    proxy = new AwsFaultProxy(aws.server.endpoint());
    aws.queue(name);
    topic = aws.topic(name);
    aws.subscribe(topic, name, Map.of());
  }

  @AfterEach
  void end() {
    if (proxy != null) proxy.close();
    if (aws != null) aws.close();
  }

  private ShadowSources sources() {
    return new ShadowSources(aws, proxy.endpoint(), name)
        .with("topic", topic)
        .with("create", "true");
  }

  @Test
  void aWatchThatSeesNothingIsSaidAndStopsNothing() throws Exception {
    try (SqsSource source = sources().create()) {
      source.open();
      proxy.refuse("GetSubscriptionAttributes", "", 403, "AuthorizationError", ALWAYS);
      List<Delivery> got = new ArrayList<>();
      pollUntil(source, got, () -> source.away() != null);
      assertThat(source.away())
          .contains("queue " + shadow, "can't be seen", "sns:GetSubscriptionAttributes");
      aws.sns.publish(p -> p.topicArn(topic).message("copied"));
      pollUntil(source, got, () -> bodies(got).contains("copied"));
      proxy.heal();
      pollUntil(source, got, () -> source.away() == null);
    }
  }

  @Test
  void oneLookThatFailsIsNoReason() throws Exception {
    try (SqsSource source = sources().create()) {
      source.open();
      int before = proxy.calls("GetSubscriptionAttributes");
      proxy.refuse("GetSubscriptionAttributes", "", 500, "InternalError", 1);
      pollUntil(
          source,
          () -> {
            assertThat(source.away()).isNull();
            return proxy.calls("GetSubscriptionAttributes") > before + 5;
          });
    }
  }

  /** AWS: a queue that was created may be used after a second at the earliest. */
  @Test
  void whatWasCreatedJustNowMayBeMissingForAWhile() throws Exception {
    proxy.refuse("GetQueueUrl", shadow, 400, "QueueDoesNotExist", ALWAYS);
    proxy.refuse("GetQueueAttributes", shadow, 400, "QueueDoesNotExist", 3);
    proxy.refuse("TagQueue", shadow, 400, "AWS.SimpleQueueService.NonExistentQueue", 1);
    try (SqsSource source = sources().create()) {
      source.open();
      proxy.heal();
      aws.sns.publish(p -> p.topicArn(topic).message("copied"));
      assertThat(bodies(read(source, 1))).containsExactly("copied");
    }
  }

  @Test
  void aNameThatWasFreedLatelyIsWaitedFor() throws Exception {
    proxy.refuse("CreateQueue", "", 400, "AWS.SimpleQueueService.QueueDeletedRecently", 1);
    try (SqsSource source = sources().create()) {
      assertThatThrownBy(source::open)
          .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.temporary()).isTrue())
          .hasMessageContainingAll("queue " + shadow, "60 s", "tries again");
      source.open();
    }
  }

  /** AWS answers the same for what is missing and for what may not be seen. */
  @Test
  void whatMayNotBeSeenIsNotCalledMissing() throws Exception {
    proxy.refuse("GetQueueUrl", shadow, 400, "QueueDoesNotExist", ALWAYS);
    assertThat(sources().factory("shadow").inspect(0).facts())
        .anyMatch(f -> f.contains("queue " + shadow) && f.contains("may not see it"));
    sources().prepare();
    assertThatThrownBy(() -> sources().factory("shadow").inspect(0))
        .hasMessageContainingAll("was there before", "may not see it", "sqs:GetQueueUrl");
    proxy.refuse("GetQueueUrl", name + "\"", 400, "QueueDoesNotExist", ALWAYS);
    assertThatThrownBy(() -> sources().factory("shadow").inspect(0))
        .hasMessageContainingAll("there is no queue " + name, "may not see it");
  }
}
