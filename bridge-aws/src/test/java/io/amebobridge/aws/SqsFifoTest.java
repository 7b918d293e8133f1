package io.amebobridge.aws;

import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.body;
import static io.amebobridge.testkit.Reads.pollUntil;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.Delivery;
import io.amebobridge.testkit.AwsFaultProxy;
import io.amebobridge.testkit.TestAws;
import io.amebobridge.testkit.TestElasticMq;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the contract does not ask of message groups, of which SQS gives ten at a time. */
class SqsFifoTest {
  private final String queue = TestAws.unique("orders") + ".fifo";
  private final List<SqsSource> opened = new ArrayList<>();
  private AwsFaultProxy proxy;
  private SqsProducer producer;

  private void at(String endpoint) throws Exception {
    proxy = new AwsFaultProxy(endpoint);
    producer = new SqsProducer(endpoint);
    producer.queue(queue);
  }

  @AfterEach
  void end() {
    opened.forEach(SqsSource::close);
    producer.close();
    proxy.close();
  }

  private SqsSource open(String visibility) throws Exception {
    SqsSource source =
        new SqsSources(proxy.endpoint(), queue)
            .with("waitTime", "0s")
            .with("receivers", "3")
            .with("visibility", visibility)
            .create();
    opened.add(source);
    source.open();
    return source;
  }

  private List<String> send(String group, int count) {
    List<String> bodies = IntStream.range(0, count).mapToObj(i -> group + i).toList();
    producer.send(queue, group, bodies);
    return bodies;
  }

  private static String endpoint(String server) throws Exception {
    return server.equals("fauxqs")
        ? TestAws.shared().server().endpoint()
        : TestElasticMq.shared().endpoint();
  }

  @ParameterizedTest
  @ValueSource(strings = {"fauxqs", "elasticmq"})
  void manyMessagesOfAGroupKeepTheirOrder(String server) throws Exception {
    at(endpoint(server));
    List<String> a = send("a", 30);
    List<String> b = send("b", 25);
    SqsSource source = open("30s");
    List<Delivery> all = new ArrayList<>();
    readAndSettle(source, all, 55);
    Map<String, List<String>> byLane =
        all.stream()
            .collect(
                Collectors.groupingBy(
                    d -> String.valueOf(d.lane()),
                    Collectors.mapping(d -> body(d), Collectors.toList())));
    assertThat(byLane).containsOnlyKeys(queue + "/a", queue + "/b");
    assertThat(byLane.get(queue + "/a")).containsExactlyElementsOf(a);
    assertThat(byLane.get(queue + "/b")).containsExactlyElementsOf(b);
    pollUntil(source, () -> producer.count(queue) == 0);
  }

  @Test
  void behindWhatIsLostNothingOfItsGroupIsOwned() throws Exception {
    at(TestElasticMq.shared().endpoint());
    send("a", 4);
    SqsSource source = open("2s");
    List<Delivery> got = read(source, 4);
    proxy.failEntries("ChangeMessageVisibilityBatch", 400, "ReceiptHandleIsInvalid", 1);
    List<Delivery> again = new ArrayList<>();
    pollUntil(source, again, () -> !source.owns(got.get(0)));
    assertThat(got).noneMatch(source::owns);
    pollUntil(source, again, () -> again.size() >= 4);
    assertThat(bodies(again)).containsExactly("a0", "a1", "a2", "a3");
    source.settle(again);
    pollUntil(source, () -> producer.count(queue) == 0);
  }

  @Test
  void anotherGroupIsNotConcerned() throws Exception {
    at(TestElasticMq.shared().endpoint());
    send("a", 1);
    SqsSource source = open("2s");
    Delivery a = read(source, 1).get(0);
    send("b", 1);
    Delivery b = read(source, 1).get(0);
    proxy.failEntries("ChangeMessageVisibilityBatch", 400, "InvalidParameterValue", 1);
    pollUntil(source, () -> !source.owns(a) || !source.owns(b));
    assertThat(List.of(source.owns(a), source.owns(b))).containsExactlyInAnyOrder(true, false);
  }

  /** What is lost may have been in the buffer only: then it must not be handed out either. */
  @Test
  void whatIsBehindALossAndNotYetHandedOutIsNotHandedOut() throws Exception {
    at(TestElasticMq.shared().endpoint());
    send("a", 4);
    SqsSource source = open("2s");
    List<Delivery> got = new ArrayList<>();
    while (got.isEmpty()) got.addAll(source.poll(1, java.time.Duration.ofMillis(50)));
    proxy.failEntries("ChangeMessageVisibilityBatch", 400, "ReceiptHandleIsInvalid", 1);
    while (source.owns(got.get(0))) {
      assertThat(source.poll(0, java.time.Duration.ofMillis(50))).isEmpty();
    }
    List<Delivery> again = new ArrayList<>();
    pollUntil(source, again, () -> again.size() >= 4);
    assertThat(bodies(again)).containsExactly("a0", "a1", "a2", "a3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fauxqs", "elasticmq"})
  void closingGivesBackAtOnceAndInOrder(String server) throws Exception {
    at(endpoint(server));
    List<String> a = send("a", 5);
    SqsSource first = open("600s");
    List<Delivery> got = new ArrayList<>();
    while (got.isEmpty()) got.addAll(first.poll(10, java.time.Duration.ofMillis(50)));
    first.close();
    SqsSource second = open("600s");
    List<Delivery> all = new ArrayList<>();
    readAndSettle(second, all, 5);
    assertThat(bodies(all)).containsExactlyElementsOf(a);
  }

  /** By the ReceiveRequestAttemptId: their visibility is long. */
  @Test
  void aLostAnswerIsAskedForAgain() throws Exception {
    at(TestElasticMq.shared().endpoint());
    proxy.loseAnswer("ReceiveMessage", "a0", 2);
    List<String> a = send("a", 3); // before: ElasticMQ adds a batch's messages one by one
    SqsSource source = open("600s");
    List<Delivery> got = read(source, 3);
    assertThat(bodies(got)).containsExactlyElementsOf(a);
    source.settle(got);
    pollUntil(source, () -> producer.count(queue) == 0);
  }

  @Test
  void aServerThatWasKilledKeepsTheOrder() throws Exception {
    TestAws aws = TestAws.shared();
    at(aws.server().endpoint());
    List<String> a = send("a", 8);
    SqsSource source = open("2s");
    List<Delivery> all = new ArrayList<>();
    readAndSettle(source, all, 3);
    aws.server().kill9();
    aws.server().start();
    pollUntil(
        source,
        all,
        () -> {
          source.settle(all);
          return bodies(all).contains("a7");
        });
    assertThat(bodies(all).stream().distinct()).containsExactlyElementsOf(a);
  }

  /** A few at a time, since a group gives more only when what it gave is settled. */
  private static void readAndSettle(SqsSource source, List<Delivery> into, int count)
      throws Exception {
    pollUntil(
        source,
        into,
        () -> {
          source.settle(into);
          return into.size() >= count;
        });
  }
}
