package io.amebobridge.aws;

import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.pollUntil;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.Delivery;
import io.amebobridge.testkit.Reads;
import io.amebobridge.testkit.TestAws;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes and how much of it, what is deleted and when, what a close leaves behind. */
class SqsFlowTest {
  private final String queue = TestAws.unique("orders");
  private final List<SqsSource> opened = new ArrayList<>();
  private TestAws aws;
  private SqsProducer producer;

  @BeforeEach
  void start() throws Exception {
    aws = TestAws.shared();
    producer = new SqsProducer(aws.server().endpoint());
    producer.queue(queue);
  }

  @AfterEach
  void end() {
    opened.forEach(SqsSource::close);
    producer.close();
  }

  private SqsSources sources() {
    return new SqsSources(aws.server().endpoint(), queue);
  }

  private SqsSource open(SqsSources sources) throws Exception {
    SqsSource source = sources.create();
    opened.add(source);
    source.open();
    return source;
  }

  private static List<String> numbered(int count) {
    return IntStream.range(0, count).mapToObj(i -> "m" + i).toList();
  }

  private static List<String> receiverThreads(String queue) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.contains(queue))
        .toList();
  }

  @Test
  void neverMoreThanThePrefetchIsHeld() throws Exception {
    producer.send(queue, null, numbered(45));
    SqsSource source = open(sources().with("prefetch", "10").with("receivers", "4"));
    List<Delivery> all = new ArrayList<>();
    while (all.size() < 45) {
      List<Delivery> got = read(source, Math.min(10, 45 - all.size()));
      assertThat(source.poll(100, Duration.ofMillis(50))).isEmpty();
      all.addAll(got);
      source.settle(got);
    }
    assertThat(bodies(all)).containsExactlyInAnyOrderElementsOf(numbered(45));
    pollUntil(source, () -> producer.count(queue) == 0);
  }

  @Test
  void deletesDoNotWaitForLongPolls() throws Exception {
    SqsSource source = open(sources().with("waitTime", "20s"));
    producer.send(queue, null, numbered(3));
    source.settle(read(source, 3));
    long before = System.nanoTime();
    pollUntil(source, () -> producer.count(queue) == 0);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aCloseEndsLongPollsAndTheirThreads() throws Exception {
    SqsSource source = open(sources().with("waitTime", "20s"));
    pollUntil(source, () -> receiverThreads(queue).size() == 4);
    long before = System.nanoTime();
    source.close();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
    org.awaitility.Awaitility.await().until(() -> receiverThreads(queue).isEmpty());
  }

  @Test
  void whatIsNotSettledIsGivenBackAtOnce() throws Exception {
    producer.send(queue, null, numbered(12));
    SqsSources patient = sources().with("visibility", "10m").with("waitTime", "0s");
    SqsSource first = open(patient);
    first.settle(read(first, 12).subList(0, 2));
    first.close();
    assertThat(read(open(patient), 10)).hasSize(10);
  }

  /** A standard queue may deliver a message to two consumers at once, and to the same one twice. */
  @Test
  void whatIsDeliveredTwiceHasOneId() throws Exception {
    producer.send(queue, null, List.of("a"));
    SqsSource source = open(sources().with("visibility", "10m"));
    Delivery first = read(source, 1).get(0);
    makeVisible(first);
    Delivery second = read(source, 1).get(0);
    assertThat(second.message().id()).isEqualTo(first.message().id());
    source.settle(List.of(first));
    source.settle(List.of(second));
    pollUntil(source, () -> producer.count(queue) == 0);
  }

  @Test
  void whatWasSettledIsNotHandedOutAgain() throws Exception {
    producer.send(queue, null, List.of("a"));
    SqsSource source = open(sources().with("visibility", "10m"));
    Delivery first = read(source, 1).get(0);
    makeVisible(first); // so that its handle is of no use
    source.settle(List.of(first));
    List<Delivery> more = new ArrayList<>();
    pollUntil(source, more, () -> producer.count(queue) == 0);
    assertThat(more).isEmpty();
  }

  private void makeVisible(Delivery delivery) {
    String handle = ((Held) delivery.receipt()).handle;
    var unused =
        producer.sqs.changeMessageVisibility(
            c -> c.queueUrl(producer.url(queue)).receiptHandle(handle).visibilityTimeout(0));
  }

  @Test
  void aMessageMayHaveAMebibyte() throws Exception {
    String large = "x".repeat(1 << 20);
    producer.send(queue, null, List.of(large));
    SqsSource source = open(sources());
    assertThat(Reads.body(read(source, 1).get(0))).isEqualTo(large);
  }

  @Test
  void aQueueThatIsDeletedAndMadeAgainIsReadAgain() throws Exception {
    SqsSource source = open(sources());
    String url = producer.url(queue);
    var unused = producer.sqs.deleteQueue(d -> d.queueUrl(url));
    pollUntil(source, () -> source.away() != null);
    assertThat(source.away()).contains("queue " + queue, "is not there");
    producer.queue(queue);
    producer.send(queue, null, List.of("a"));
    assertThat(bodies(read(source, 1))).containsExactly("a");
    assertThat(source.away()).isNull();
  }

  @Test
  void whileTheServerIsFrozenWhatIsHeldIsLostInTimeAndComesAgain() throws Exception {
    producer.send(queue, null, List.of("a", "b"));
    SqsSource source = open(sources());
    List<Delivery> held = read(source, 2);
    aws.server().pause();
    List<Delivery> again = new ArrayList<>();
    try {
      pollUntil(source, again, () -> held.stream().noneMatch(source::owns));
      assertThat(again).isEmpty();
    } finally {
      aws.server().resume();
    }
    pollUntil(source, again, () -> bodies(again).containsAll(List.of("a", "b")));
    source.settle(again);
    pollUntil(source, () -> producer.count(queue) == 0);
  }

  @Test
  void aPumpThatDoesNotPollKnowsThatItOwnsNothing() throws Exception {
    producer.send(queue, null, List.of("a"));
    SqsSource source = open(sources());
    Delivery held = read(source, 1).get(0);
    org.awaitility.Awaitility.await().pollInSameThread().until(() -> !source.owns(held));
    assertThat(producer.count(queue)).isEqualTo(1);
  }

  @Test
  void aLaneSaysHowDeepItsQueueIs() throws Exception {
    producer.send(queue, null, numbered(3));
    SqsSource source = open(sources());
    pollUntil(source, () -> Reads.lane(source, queue).lag() == 3);
    assertThat(Reads.lane(source, queue).labels()).containsEntry("queue", queue);
  }
}
