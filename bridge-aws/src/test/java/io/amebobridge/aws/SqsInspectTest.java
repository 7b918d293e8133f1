package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.Connector.Inspection;
import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.AwsFaultProxy;
import io.amebobridge.testkit.Reads;
import io.amebobridge.testkit.TestAws;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

class SqsInspectTest {
  private final String queue = TestAws.unique("orders");
  private AwsFaultProxy proxy;
  private SqsProducer producer;

  @BeforeEach
  void start() throws Exception {
    proxy = new AwsFaultProxy(TestAws.shared().server().endpoint());
    producer = new SqsProducer(TestAws.shared().server().endpoint());
  }

  @AfterEach
  void end() {
    producer.close();
    proxy.close();
  }

  private Inspection look(int samples, String... queues) throws Exception {
    return new SqsSources(proxy.endpoint(), queues)
        .with("visibility", "60s")
        .factory()
        .inspect(samples);
  }

  private static String arn(String name) {
    return "arn:aws:sqs:us-east-1:000000000000:" + name;
  }

  @Test
  void saysWhatIsThereAndWhatItNeeds() throws Exception {
    producer.queue(queue);
    producer.send(queue, null, List.of("a", "b"));
    Inspection found = look(0, queue);
    assertThat(String.join("\n", found.facts()))
        .contains(
            "queue " + queue + " (standard): about 2 messages, 0 in flight, 0 delayed",
            "kept for 4 d; hidden for 1 min",
            "{\"Effect\":\"Allow\",\"Action\":[\"sqs:ReceiveMessage\",\"sqs:DeleteMessage\","
                + "\"sqs:ChangeMessageVisibility\",\"sqs:GetQueueAttributes\",\"sqs:GetQueueUrl\"],"
                + "\"Resource\":[\""
                + arn(queue)
                + "\"]}");
    assertThat(found.warnings()).isEmpty();
    assertThat(found.samples()).isEmpty();
  }

  @Test
  void warnsOfMoreThanCanBeRenewed() throws Exception {
    producer.queue(queue);
    SqsSources config =
        new SqsSources(proxy.endpoint(), queue)
            .with("visibility", "30s")
            .with("prefetch", "100000");
    assertThat(config.factory().inspect(0).warnings())
        .singleElement()
        .asString()
        .contains("can hardly be renewed within a visibility of 30 s", "lower prefetch");
  }

  @Test
  void doesNotWarnWhereTheQueueHidesForLong() throws Exception {
    producer.queue(queue, Map.of(QueueAttributeName.VISIBILITY_TIMEOUT, "900"));
    SqsSources config =
        new SqsSources(proxy.endpoint(), queue).without("visibility").with("prefetch", "100000");
    assertThat(config.factory().inspect(0).warnings()).isEmpty();
  }

  @Test
  void samplesStayWhereTheyAre() throws Exception {
    producer.queue(queue);
    producer.send(queue, null, List.of("a", "b", "c"));
    Inspection found = look(2, queue);
    assertThat(found.samples()).hasSize(2);
    assertThat(found.facts()).anyMatch(f -> f.contains("counts as one receive"));
    SqsSource source = new SqsSources(proxy.endpoint(), queue).create();
    assertThat(Reads.readAllAndClose(source, 3)).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void whatALookWouldDisturbIsNotSampled() throws Exception {
    String letters = TestAws.unique("letters");
    producer.queue(letters);
    producer.queue(
        queue,
        Map.of(
            QueueAttributeName.REDRIVE_POLICY,
            "{\"deadLetterTargetArn\": \"%s\", \"maxReceiveCount\": 3}".formatted(arn(letters))));
    String fifo = queue + ".fifo";
    producer.queue(fifo);
    producer.send(queue, null, List.of("a"));
    producer.send(fifo, "g", List.of("a"));
    Inspection found = look(5, queue, fifo);
    assertThat(found.samples()).isEmpty();
    assertThat(String.join("\n", found.warnings()))
        .contains(
            "no samples of queue " + queue + ": SQS counts each look",
            "no samples of queue " + fifo,
            "received more than 3 times to " + arn(letters));
    assertThat(proxy.calls("ReceiveMessage")).as("asked for eleven, of each queue").isEqualTo(2);
    assertThat(producer.count(queue)).isEqualTo(1);
  }

  @Test
  void otherReadersAreSeenByWhatTheyHold() throws Exception {
    producer.queue(queue);
    producer.send(queue, null, List.of("a"));
    var held = producer.sqs.receiveMessage(r -> r.queueUrl(producer.url(queue))).messages();
    assertThat(held).hasSize(1);
    assertThat(String.join("\n", look(0, queue).warnings()))
        .contains("has messages in flight (1)", "stop its consumers");
  }

  @Test
  void whatIsDeniedIsSaidBeforeRunning() throws Exception {
    producer.queue(queue);
    proxy.refuse("DeleteMessage", "", 403, "AccessDenied", 9);
    proxy.refuse("ChangeMessageVisibility", "", 403, "AccessDenied", 9);
    proxy.refuse("ReceiveMessage", "", 403, "AccessDeniedException", 9);
    assertThat(look(0, queue).warnings())
        .hasSize(3)
        .allMatch(w -> w.startsWith("queue " + queue + ": sqs:") && w.contains("is denied"));
  }

  @Test
  void allQueuesThatAreMissingAreNamed() throws Exception {
    producer.queue(queue);
    assertThatThrownBy(() -> look(0, queue, "nowhere", "nor-here"))
        .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.temporary()).isFalse())
        .hasMessageContainingAll("queue nowhere", "queue nor-here", "create it");
  }

  @Test
  void aVisibilityThatIsTooShortOrTooLongIsSaid() throws Exception {
    producer.queue(queue);
    SqsSources sources = new SqsSources(proxy.endpoint(), queue);
    assertThat(sources.with("visibility", "10s").factory().inspect(0).warnings())
        .anyMatch(w -> w.contains("30s or more"));
    assertThat(sources.with("visibility", "2h").factory().inspect(0).warnings())
        .anyMatch(w -> w.contains("after a crash"));
  }
}
