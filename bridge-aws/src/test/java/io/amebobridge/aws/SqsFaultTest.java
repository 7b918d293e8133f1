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
import io.amebobridge.testkit.TestElasticMq;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqsFaultTest {
  private static final int ALWAYS = Integer.MAX_VALUE;

  private final String queue = TestAws.unique("orders");
  private final String other = TestAws.unique("payments");
  private final List<SqsSource> opened = new ArrayList<>();
  private AwsFaultProxy proxy;
  private SqsProducer producer;

  @BeforeEach
  void start() throws Exception {
    String endpoint = TestElasticMq.shared().endpoint();
    proxy = new AwsFaultProxy(endpoint);
    producer = new SqsProducer(endpoint);
    producer.queue(queue);
    producer.queue(other);
  }

  @AfterEach
  void end() {
    proxy.heal();
    opened.forEach(SqsSource::close);
    producer.close();
    proxy.close();
  }

  private SqsSource open(String... queues) throws Exception {
    SqsSource source =
        new SqsSources(proxy.endpoint(), queues)
            .with("waitTime", "0s")
            .with("receivers", "2")
            .create();
    opened.add(source);
    source.open();
    return source;
  }

  @ParameterizedTest
  @CsvSource({
    "400, RequestThrottled, is throttled",
    "400, OverLimit, as many messages in flight",
    "400, ExpiredTokenException, have expired",
    "403, AccessDeniedException, grant sqs:ReceiveMessage",
    "403, InvalidClientTokenId, does not know the credentials",
    "400, QueueDoesNotExist, is not there",
    "500, InternalFailure, fault of its own"
  })
  void whatReceivingFailsOfIsSaidAndTriedAgain(int status, String code, String said)
      throws Exception {
    SqsSource source = open(queue);
    pollUntil(source, () -> proxy.calls("ReceiveMessage") > 0);
    proxy.refuse("ReceiveMessage", "", status, code, 3);
    pollUntil(source, () -> source.away() != null);
    assertThat(source.away()).contains("queue " + queue, said, code);
    if (status != 403 && !code.startsWith("Queue")) { // those are tried slowly
      producer.send(queue, null, List.of("later"));
      assertThat(bodies(read(source, 1))).containsExactly("later");
      assertThat(source.away()).isNull();
    }
  }

  @Test
  void aThrottledQueueIsAskedLessAndLess() throws Exception {
    SqsSource source = open(queue);
    pollUntil(source, () -> proxy.calls("ReceiveMessage") > 1);
    proxy.refuse("ReceiveMessage", "", 400, "RequestThrottled", ALWAYS);
    pollUntil(source, () -> source.away() != null);
    int before = proxy.calls("ReceiveMessage");
    long until = System.nanoTime() + 1_500_000_000L;
    pollUntil(source, () -> System.nanoTime() - until > 0);
    // two receivers without a pause would have asked hundreds of times
    assertThat(proxy.calls("ReceiveMessage") - before).isLessThan(15);
  }

  @Test
  void aDeniedQueueDoesNotDisturbTheOther() throws Exception {
    proxy.refuse("ReceiveMessage", other, 403, "AccessDeniedException", ALWAYS);
    SqsSource source = open(queue, other);
    producer.send(queue, null, List.of("a", "b"));
    List<Delivery> got = read(source, 2);
    source.settle(got);
    pollUntil(source, () -> producer.count(queue) == 0);
    assertThat(source.away()).contains(other, "sqs:ReceiveMessage").doesNotContain(queue);
  }

  @Test
  void aMissingQueueIsFoundOnceItIsThere() throws Exception {
    String late = TestAws.unique("late");
    SqsSource source = open(queue, late);
    assertThat(source.away()).contains(late, "is not there", "the bridge creates nothing");
    producer.send(queue, null, List.of("a"));
    assertThat(bodies(read(source, 1))).containsExactly("a");
    producer.queue(late);
    producer.send(late, null, List.of("b"));
    assertThat(bodies(read(source, 1))).containsExactly("b");
    assertThat(source.away()).isNull();
  }

  @Test
  void whereNoQueueIsThereItDoesNotOpen() {
    assertThatThrownBy(() -> open("nowhere", "nor-here"))
        .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.temporary()).isFalse())
        .hasMessageContainingAll("shop.sqs: queue nowhere", "is not there", "; create it");
  }

  @Test
  void expiredCredentialsAtTheStartMayPass() {
    proxy.refuse("GetQueueUrl", "", 403, "ExpiredToken", ALWAYS);
    assertThatThrownBy(() -> open(queue))
        .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.temporary()).isTrue())
        .hasMessageContainingAll("have expired", "renew them")
        .hasMessageNotContaining(SqsSources.SECRET);
  }

  @Test
  void aServerThatDoesNotAnswerMayPass() {
    proxy.close();
    assertThatThrownBy(() -> open(queue))
        .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.temporary()).isTrue())
        .hasMessageContaining("does not answer");
  }

  @Test
  void attributesThatMayNotBeReadAreNotNeeded() throws Exception {
    proxy.refuse("GetQueueAttributes", "", 403, "AccessDenied", ALWAYS);
    SqsSource source = open(queue);
    producer.send(queue, null, List.of("a"));
    assertThat(bodies(read(source, 1))).containsExactly("a");
  }

  @ParameterizedTest
  @CsvSource({"500, InternalError", "400, RequestThrottled", "403, AccessDenied"})
  void entriesThatFailAreDeletedAgain(int status, String code) throws Exception {
    producer.send(queue, null, List.of("a", "b", "c", "d", "e"));
    SqsSource source = open(queue);
    List<Delivery> got = read(source, 5);
    proxy.failEntries("DeleteMessageBatch", status, code, 1);
    source.settle(got);
    pollUntil(source, () -> source.away() != null);
    assertThat(source.away()).contains(queue, code);
    pollUntil(source, () -> producer.count(queue) == 0 && source.away() == null);
  }

  @Test
  void whatIsFinishedIsDeletedOnItsNextComing() throws Exception {
    producer.send(queue, null, List.of("a", "b", "c"));
    SqsSource source = open(queue);
    List<Delivery> got = read(source, 3);
    // "Value … for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."
    proxy.failEntries("DeleteMessageBatch", 400, "InvalidParameterValue", 1);
    source.settle(got);
    List<Delivery> more = new ArrayList<>();
    pollUntil(source, more, () -> producer.count(queue) == 0);
    assertThat(more).isEmpty();
  }

  @Test
  void deletesThatAreDeniedAreSaidAndKeptUp() throws Exception {
    producer.send(queue, null, List.of("a"));
    SqsSource source = open(queue);
    proxy.refuse("DeleteMessageBatch", "", 403, "AccessDenied", ALWAYS);
    source.settle(read(source, 1));
    pollUntil(source, () -> source.away() != null);
    assertThat(source.away()).contains("grant sqs:DeleteMessage");
    long end = System.nanoTime() + 3_000_000_000L; // longer than it is hidden
    List<Delivery> more = new ArrayList<>();
    pollUntil(source, more, () -> System.nanoTime() - end > 0);
    assertThat(more).as("hidden by renewing, or recognised").isEmpty();
    assertThat(producer.count(queue)).isEqualTo(1);
  }

  @Test
  void aRenewalThatFailsIsTriedAgainInTime() throws Exception {
    producer.send(queue, null, List.of("a", "b"));
    SqsSource source = open(queue);
    List<Delivery> got = read(source, 2);
    proxy.refuse("ChangeMessageVisibilityBatch", "", 503, "ServiceUnavailable", 1);
    long end = System.nanoTime() + 4_000_000_000L;
    List<Delivery> more = new ArrayList<>();
    pollUntil(source, more, () -> System.nanoTime() - end > 0);
    assertThat(got).allMatch(source::owns);
    assertThat(more).isEmpty();
  }

  @Test
  void whatCannotBeRenewedIsNoLongerOwnedBeforeOthersGetIt() throws Exception {
    producer.send(queue, null, List.of("a"));
    SqsSource source = open(queue);
    Delivery held = read(source, 1).get(0);
    proxy.refuse("ChangeMessageVisibilityBatch", "", 403, "AccessDenied", ALWAYS);
    List<Delivery> again = new ArrayList<>();
    pollUntil(source, again, () -> !again.isEmpty() || !source.owns(held));
    assertThat(source.owns(held)).isFalse();
    assertThat(source.away()).contains("sqs:ChangeMessageVisibility");
    pollUntil(source, again, () -> !again.isEmpty());
    assertThat(again.get(0).message().id()).isEqualTo(held.message().id());

    source.settle(List.of(held)); // stored meanwhile: whichever handle it takes
    pollUntil(source, () -> producer.count(queue) == 0);
  }

  @Test
  void aHandleThatSqsRefusesToRenewIsLostAtOnce() throws Exception {
    producer.send(queue, null, List.of("a", "b"));
    SqsSource source = open(queue);
    List<Delivery> got = read(source, 2);
    proxy.failEntries("ChangeMessageVisibilityBatch", 400, "ReceiptHandleIsInvalid", 1);
    pollUntil(source, () -> !got.stream().allMatch(source::owns));
    assertThat(got.stream().filter(source::owns)).hasSize(1);
  }

  @Test
  void aReceiveWhoseAnswerIsLostComesAgain() throws Exception {
    SqsSource source = open(queue);
    pollUntil(source, () -> proxy.calls("ReceiveMessage") > 0);
    proxy.loseAnswer("ReceiveMessage", "body-1", 1);
    producer.send(queue, null, List.of("body-1"));
    assertThat(bodies(read(source, 1))).containsExactly("body-1");
  }

  @Test
  void whatIsHeldTooLongForSqsIsGivenUpInTime() throws Exception {
    producer.send(queue, null, List.of("a"));
    SqsSource source = new SqsSource(shortLived());
    opened.add(source);
    source.open();
    Delivery held = read(source, 1).get(0);
    List<Delivery> again = new ArrayList<>();
    pollUntil(source, again, () -> !source.owns(held));
    pollUntil(source, again, () -> !again.isEmpty());
    assertThat(again.get(0).message().id()).isEqualTo(held.message().id());
  }

  private SqsSettings shortLived() throws Exception {
    SqsSettings usual = new SqsSources(proxy.endpoint(), queue).with("waitTime", "0s").settings();
    return new SqsSettings(
        usual.name(),
        usual.access(),
        usual.queues(),
        true,
        1,
        usual.waitTime(),
        usual.visibility(),
        10,
        java.time.Duration.ofSeconds(4),
        usual.payloads(),
        null);
  }

  @Test
  void closingWithAServerThatIsAwayIsBounded() throws Exception {
    producer.send(queue, null, List.of("a", "b"));
    SqsSource source = open(queue);
    List<Delivery> got = read(source, 2);
    proxy.close();
    source.settle(got.subList(0, 1));
    long before = System.nanoTime();
    source.close();
    assertThat(System.nanoTime() - before).isLessThan(SqsSource.CLOSE.toNanos() + 2_000_000_000L);
    proxy = new AwsFaultProxy(TestElasticMq.shared().endpoint());
  }
}
