package io.amebobridge.aws;

import static io.amebobridge.aws.SendMessages.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.core.DeadLetterConnector.CopiesFactory;
import io.amebobridge.core.Header;
import io.amebobridge.core.Origin;
import io.amebobridge.core.SinkException;
import io.amebobridge.core.config.ConfigFile;
import io.amebobridge.core.config.ConfigProblem;
import io.amebobridge.core.config.ConfigSection;
import io.amebobridge.core.config.Problems;
import io.amebobridge.core.deadletter.DeadLetter;
import io.amebobridge.core.deadletter.DeadLetterCopies;
import io.amebobridge.testkit.FaultyAws;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Copies of dead letters in a user's queue. */
class SqsDeadLettersTest {
  private static final Instant AT = Instant.parse("2026-11-23T03:04:05.678Z");

  private SendHarness harness;

  @AfterEach
  void end() {
    if (harness != null) harness.close();
  }

  private CopiesFactory factory(String queue) throws Exception {
    String yaml =
        """
        deadLetters:
          sqs: {region: us-east-1, endpoint: '%s', accessKeyId: test-id, secretAccessKey: test-key}
          queue: %s
          confirmTimeout: 5s
        """
            .formatted(harness.faults.endpoint(), queue);
    Problems problems = new Problems();
    CopiesFactory factory = read(yaml, problems);
    problems.refuse();
    return factory;
  }

  private static CopiesFactory read(String yaml, Problems problems) throws Exception {
    ConfigSection section =
        ConfigFile.parse("test.yaml", yaml, name -> null, problems).section("deadLetters");
    CopiesFactory factory = new SqsConnector().configure(section);
    section.refuseUnknown();
    return factory;
  }

  private static DeadLetter letter(byte @Nullable [] body, String reason, Header... headers) {
    Map<String, Object> variables =
        Map.of("topic", "orders", "partition", 3, "offset", 5_000_000_000L, "other", List.of());
    var at = new SourceCoordinates("kafka:c", "orders", 3, 5_000_000_000L);
    Origin origin = new Origin("events", "orders-3", AT, variables, at, null);
    var message =
        new io.amebobridge.core.Message(
            "kafka:c:t:3:5", "orders", bytes("k1"), body, List.of(headers), origin);
    var rendered =
        new io.amebobridge.core.Message("x", "order.made", null, null, List.of(), origin);
    return new DeadLetter(
        AT, message, "orders", DeadLetter.Stage.SENDING, reason, List.of(rendered));
  }

  private Message copyOf(DeadLetter letter) throws Exception {
    if (harness == null) harness = SendHarness.queue(false);
    try (DeadLetterCopies copies = factory(harness.queue).open()) {
      send(copies, letter);
    }
    List<Message> all = harness.take();
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private static void send(DeadLetterCopies copies, DeadLetter letter) throws Exception {
    Object unused = copies.send(letter).toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static Map<String, String> texts(Message copy) {
    Map<String, String> texts = new HashMap<>();
    copy.messageAttributes().forEach((name, value) -> texts.put(name, value.stringValue()));
    return texts;
  }

  @Test
  void aCopySaysWhereTheMessageWasAndWhyItFailed() throws Exception {
    DeadLetter letter =
        letter(bytes("{\"id\":"), "payload/id: no integer", Header.of("trace", "t1"));
    Message copy = copyOf(letter);
    assertThat(copy.body()).isEqualTo("{\"id\":");
    assertThat(texts(copy))
        .isEqualTo(
            Map.of(
                "amebo-reason", "sending",
                "amebo-detail", "payload/id: no integer",
                "amebo-time", "2026-11-23T03:04:05.678Z",
                "amebo-source", "events",
                "amebo-route", "orders",
                "amebo-id", "kafka:c:t:3:5",
                "amebo-headers", "[[\"trace\",\"t1\"]]",
                "amebo-origin",
                    "{\"where\":\"events orders/3@5000000000\",\"action\":\"order.made\","
                        + "\"key\":\"k1\",\"offset\":5000000000,\"partition\":3,"
                        + "\"topic\":\"orders\"}"));
  }

  @Test
  void aBodyThatSqsDoesNotTakeIsMarked() throws Exception {
    Message binary = copyOf(letter(new byte[] {0, -1}, "r"));
    assertThat(binary.body()).isEqualTo("AP8=");
    assertThat(texts(binary)).containsEntry("amebo-body", "base64");
    Message control = copyOf(letter(bytes("a\u0001"), "r\u0001"));
    assertThat(control.body()).isEqualTo("YQE=");
    assertThat(texts(control)).containsEntry("amebo-detail", "r\uFFFD");
    Message empty = copyOf(letter(new byte[0], "r"));
    assertThat(empty.body()).isEqualTo(SqsLetter.NO_BODY);
    assertThat(texts(empty)).containsEntry("amebo-body", "empty");
    assertThat(texts(copyOf(letter(null, "r")))).containsEntry("amebo-body", "none");
  }

  @Test
  void longReasonsAreCutAndWhatIsTooLargeIsLeftInTheFiles() throws Exception {
    Header huge = Header.of("h", "x".repeat(100_000));
    Map<String, String> texts = texts(copyOf(letter(new byte[1], "y".repeat(100_000), huge)));
    assertThat(texts.get("amebo-detail")).hasSize(1_001).endsWith("…");
    assertThat(texts).containsEntry("amebo-headers-omitted", "1").doesNotContainKey("h");
    Message large = copyOf(letter(bytes("x".repeat(1 << 20)), "r", Header.of("h", "v")));
    assertThat(large.body()).isEqualTo(SqsLetter.NO_BODY);
    assertThat(texts(large))
        .containsEntry("amebo-body", "omitted")
        .containsEntry("amebo-body-bytes", "1048576")
        .containsEntry("amebo-headers", "[[\"h\",\"v\"]]")
        .hasSize(10);
  }

  @Test
  void aQueueThatTakesLittleGetsLittle() throws Exception {
    harness = SendHarness.queue(false);
    harness.sqs.setQueueAttributes(
        q ->
            q.queueUrl(harness.queueUrl)
                .attributes(Map.of(QueueAttributeName.MAXIMUM_MESSAGE_SIZE, "1024")));
    Message copy = copyOf(letter(bytes("x".repeat(2000)), "y".repeat(900), Header.of("h", "v")));
    assertThat(copy.body()).isEqualTo(SqsLetter.NO_BODY);
    assertThat(texts(copy)).containsEntry("amebo-body-bytes", "2000").hasSize(10);
  }

  @Test
  void theSmallestQueueHasRoomForTheSmallestCopyInAnyScript() throws Exception {
    harness = SendHarness.queue(false);
    harness.sqs.setQueueAttributes(
        q ->
            q.queueUrl(harness.queueUrl)
                .attributes(Map.of(QueueAttributeName.MAXIMUM_MESSAGE_SIZE, "1024")));
    String text = "\u6F22".repeat(500);
    Origin origin = new Origin(text, null, AT, Map.of("topic", text), null, null);
    List<Header> headers = List.of(Header.of("h", text));
    byte[] key = new byte[500];
    var message =
        new io.amebobridge.core.Message(text, text, key, bytes("x".repeat(2000)), headers, origin);
    Message copy =
        copyOf(new DeadLetter(AT, message, text, DeadLetter.Stage.MAPPING, text, List.of(message)));
    assertThat(texts(copy)).containsEntry("amebo-id", "\u6F22".repeat(13) + "\u2026").hasSize(10);
  }

  /** SQS refuses what has more bytes; nobody sees the limit beforehand. */
  @Test
  void aLimitThatNobodySeesIsFoundByTrying() throws Exception {
    harness = SendHarness.queue(false);
    DeadLetter letter = letter(bytes("x".repeat(2000)), "y".repeat(900), Header.of("h", "v"));
    try (DeadLetterCopies copies = factory(harness.queue).open()) {
      refuseAbove(2500); // lowered while the bridge runs
      send(copies, letter);
      assertThat(harness.take())
          .singleElement()
          .satisfies(m -> assertThat(texts(m).get("amebo-detail")).hasSize(900))
          .satisfies(m -> assertThat(texts(m)).containsEntry("amebo-body", "omitted"));
      refuseAbove(1200);
      send(copies, letter);
      assertThat(harness.take())
          .singleElement()
          .satisfies(m -> assertThat(texts(m).get("amebo-detail")).hasSize(41));
    }
  }

  @Test
  void whatSqsRefusesAltogetherIsNamed() throws Exception {
    harness = SendHarness.queue(false);
    try (DeadLetterCopies copies = factory(harness.queue).open()) {
      refuseAbove(0);
      assertThatThrownBy(() -> send(copies, letter(bytes("secret"), "r")))
          .hasMessageContainingAll(
              "deadLetters: ", "kafka:c:t:3:5", "events orders/3@5000000000", harness.queue)
          .hasMessageContaining("refuses even the smallest copy")
          .hasMessageContaining("InvalidParameterValue")
          .hasMessageNotContaining("secret");
      assertThat(harness.faults.requests().stream().filter(r -> r.body().contains("Entries")))
          .as("whole, without its body, and the least")
          .hasSize(3);
    }
  }

  private void refuseAbove(int bytes) {
    harness.faults.script(
        (request, next) ->
            request.action().equals("SendMessageBatch") && request.body().length() > bytes
                ? FaultyAws.error(request, 400, "InvalidParameterValue", Map.of())
                : next.answer(request));
  }

  @Test
  void halfACharacterIsReplaced() throws Exception {
    Map<String, Object> variables = Map.of("topic", "or\uD800ders");
    Origin origin = new Origin("events", "l\uDC00", AT, variables, null, null);
    Header half = Header.of("h\uD83D", "v");
    var message =
        new io.amebobridge.core.Message(
            "id\uD800", "a\uD800", null, bytes("{}"), List.of(half), origin);
    Message copy =
        copyOf(
            new DeadLetter(AT, message, "r\uD800", DeadLetter.Stage.MAPPING, "\uDFFF", List.of()));
    assertThat(texts(copy))
        .containsEntry("amebo-id", "id\uFFFD")
        .containsEntry("amebo-route", "r\uFFFD")
        .containsEntry("amebo-detail", "\uFFFD")
        .containsEntry("amebo-headers", "[[\"h\uFFFD\",\"v\"]]");
    assertThat(texts(copy).get("amebo-origin")).contains("\"topic\":\"or\uFFFDders\"");
  }

  @Test
  void aFifoQueueGetsALetterOnceGroupedByItsSource() throws Exception {
    harness = SendHarness.queue(true);
    DeadLetter letter = letter(bytes("{}"), "r");
    try (DeadLetterCopies copies = factory(harness.queue).open()) {
      send(copies, letter);
      send(copies, letter);
      var later = AT.plusMillis(1);
      send(
          copies,
          new DeadLetter(
              later, letter.message(), "orders", DeadLetter.Stage.SENDING, "r", List.of()));
    }
    assertThat(harness.take())
        .hasSize(2)
        .allSatisfy(
            m ->
                assertThat(m.attributes().get(MessageSystemAttributeName.MESSAGE_GROUP_ID))
                    .isEqualTo("events"));
  }

  @Test
  void aServiceThatIsAwayAtTheStartIsWaitedFor() throws Exception {
    harness = SendHarness.queue(false);
    CopiesFactory factory = factory(harness.queue);
    harness.faults.fail(503, "ServiceUnavailable", Map.of());
    assertThatThrownBy(factory::inspect)
        .isInstanceOfSatisfying(SinkException.class, e -> assertThat(e.temporary()).isTrue())
        .hasMessageContainingAll("deadLetters.sqs", harness.queue);
    try (DeadLetterCopies copies = factory.open()) {
      assertThatThrownBy(() -> send(copies, letter(bytes("{}"), "r")))
          .hasMessageContainingAll("deadLetters: queue " + harness.queue, "ServiceUnavailable");
      harness.faults.wellAgain();
      await()
          .untilAsserted(
              () ->
                  assertThat(copies.send(letter(bytes("{}"), "r")).toCompletableFuture())
                      .succeedsWithin(Duration.ofSeconds(10)));
    }
    assertThat(harness.take()).hasSize(1);
  }

  @Test
  void whatIsNotThereStopsTheStart() throws Exception {
    harness = SendHarness.queue(false);
    CopiesFactory factory = factory("lettres");
    for (var act :
        List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            factory::open, factory::inspect)) {
      assertThatThrownBy(act)
          .isInstanceOfSatisfying(SinkException.class, e -> assertThat(e.temporary()).isFalse())
          .hasMessageContainingAll("deadLetters.sqs", "lettres", "is not there", "create it")
          .hasMessageNotContaining("test-key");
    }
  }

  @Test
  void lookingSendsNothing() throws Exception {
    harness = SendHarness.queue(false);
    harness.sqs.sendMessage(m -> m.queueUrl(harness.queueUrl).messageBody("there already"));
    assertThat(factory(harness.queue).inspect())
        .first()
        .asString()
        .contains("queue " + harness.queue, "about 1 messages ready", "kept for 96 h");
    assertThat(harness.take()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "'{sqs: {region: r}}', 'queue: is missing'",
    "'{sqs: {region: r}, queue: \"a b\"}', 'queue: got a b, allowed'",
    "'{sqs: {region: r}, queue: a, exchange: b}', 'exchange: unknown key'",
    "'{sqs: {regoin: r}, queue: a}', 'sqs.regoin: unknown key'",
    "'{sqs: {region: r}, queue: \"arn:aws:sqs:q:1:a\"}', 'queue: got arn:aws:sqs:q:1:a'",
    "'{sqs: {region: r}, queue: a, confirmTimeout: 0s}', 'confirmTimeout: got 0s, allowed: from'"
  })
  void whatDoesNotFitIsSaid(String yaml, String says) throws Exception {
    Problems problems = new Problems();
    CopiesFactory unused = read("deadLetters: " + yaml, problems);
    assertThat(problems.found().stream().map(ConfigProblem::toString))
        .singleElement()
        .asString()
        .contains("deadLetters", says);
  }
}
