package io.amebobridge.aws;

import static io.amebobridge.aws.SendMessages.bytes;
import static io.amebobridge.aws.SendMessages.message;
import static io.amebobridge.aws.SendMessages.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.brokers.FauxqsProcess;
import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.MessageSink;
import io.amebobridge.core.Naming;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SendResult.Outcome;
import io.amebobridge.core.SinkException;
import io.amebobridge.testkit.FaultyAws;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Sinks against a service that fails in parts, refuses, throttles, and forgets its queues. */
class SendFaultTest {
  private SendHarness harness;
  private MessageSink sink;

  private void queue(boolean fifo) throws Exception {
    harness = SendHarness.queue(fifo);
    harness.maxBatch = 10;
    sink = harness.newSink();
    sink.open();
  }

  private void topic(boolean fifo) throws Exception {
    harness = SendHarness.topic(fifo);
    harness.maxBatch = 10;
    sink = harness.newSink();
    sink.open();
  }

  @AfterEach
  void end() {
    if (sink != null) sink.close();
    if (harness != null) harness.close();
  }

  private Message of(String id, String lane) {
    return message(id, harness.address(), lane);
  }

  private List<String> stored() {
    return harness.stored().stream().map(s -> String.valueOf(s.id())).toList();
  }

  private static List<Outcome> outcomes(List<SendResult> results) {
    return results.stream().map(SendResult::outcome).toList();
  }

  /** SQS stores the batch but for the entries with these bodies, as often as told. */
  private void failEntries(boolean senderFault, String code, int times, String... bodies) {
    int[] left = {times};
    List<String> these = List.of(bodies);
    harness.faults.script(
        (request, next) -> {
          if (!request.action().equals("SendMessageBatch") || left[0] == 0) {
            return next.answer(request);
          }
          ObjectNode body = (ObjectNode) JsonMapper.shared().readTree(request.body());
          ArrayNode failed = JsonMapper.shared().createArrayNode();
          ArrayNode good = JsonMapper.shared().createArrayNode();
          for (JsonNode e : body.path("Entries")) {
            if (!these.contains(e.path("MessageBody").asString(""))) {
              good.add(e);
              continue;
            }
            failed
                .addObject()
                .put("Id", e.path("Id").asString(""))
                .put("SenderFault", senderFault)
                .put("Code", code)
                .put("Message", "on demand");
          }
          if (failed.isEmpty()) return next.answer(request);
          left[0]--;
          body.set("Entries", good);
          ObjectNode answer = JsonMapper.shared().createObjectNode();
          Map<String, String> headers = Map.of("Content-Type", "application/x-amz-json-1.0");
          if (!good.isEmpty()) {
            String there = next.answer(request.with(body.toString())).body();
            answer = (ObjectNode) JsonMapper.shared().readTree(there);
          }
          answer.set("Failed", failed);
          return new FaultyAws.Answer(200, headers, answer.toString());
        });
  }

  @Test
  void anEntryThatSqsRefusesIsRejectedWithItsCode() throws Exception {
    queue(false);
    failEntries(true, "InvalidMessageContents", 1, "b");
    List<SendResult> results = send(sink, List.of(of("a", null), of("b", null), of("c", null)));
    assertThat(outcomes(results))
        .containsExactly(Outcome.ACCEPTED, Outcome.REJECTED, Outcome.ACCEPTED);
    assertThat(results.get(1).detail()).contains("InvalidMessageContents", harness.queue);
    assertThat(stored()).containsExactlyInAnyOrder("a", "c");
  }

  @ParameterizedTest
  @CsvSource({
    "InternalError, false, UNAVAILABLE",
    "ThrottlingException, true, UNAVAILABLE",
    "KMS.ThrottlingException, true, UNAVAILABLE",
    "KmsThrottled, true, UNAVAILABLE",
    "KMS.AccessDeniedException, true, DENIED",
    "AccessDenied, true, DENIED"
  })
  void anEntryThatIsNotToBlameIsNotRejected(String code, boolean senderFault, Outcome expected)
      throws Exception {
    queue(false);
    failEntries(senderFault, code, 1, "b");
    List<SendResult> results = send(sink, List.of(of("a", null), of("b", null)));
    assertThat(outcomes(results)).containsExactly(Outcome.ACCEPTED, expected);
    assertThat(results.get(1).detail()).contains(code);
  }

  @Test
  void aPartialFailureLetsNothingOvertakeInAFifoQueue() throws Exception {
    queue(true);
    failEntries(false, "InternalError", 1, "a-2");
    List<Message> batch = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      for (String lane : List.of("a", "b")) batch.add(of(lane + "-" + i, lane));
    }
    List<Outcome> first = outcomes(send(sink, batch));
    for (int i = 0; i < batch.size(); i++) {
      boolean late = batch.get(i).id().startsWith("a") && i >= 4;
      assertThat(first.get(i))
          .as(batch.get(i).id())
          .isEqualTo(late ? Outcome.UNAVAILABLE : Outcome.ACCEPTED);
    }
    assertThat(outcomes(send(sink, batch))).containsOnly(Outcome.ACCEPTED);
    List<String> ids = stored();
    assertThat(ids).as("and repeats are dropped").hasSize(12);
    assertThat(ids.stream().filter(id -> id.startsWith("a"))).isSorted();
    assertThat(ids.stream().filter(id -> id.startsWith("b"))).isSorted();
  }

  @Test
  void lanesShareABatchOfAFifoQueueAndALaneOneOfAStandardQueue() throws Exception {
    queue(true);
    List<Message> lanes = new ArrayList<>();
    for (int i = 0; i < 10; i++) lanes.add(of("m" + i, "lane-" + i));
    assertThat(outcomes(send(sink, lanes))).containsOnly(Outcome.ACCEPTED);
    assertThat(batches()).isEqualTo(1);
    end();
    queue(false);
    List<Message> one = new ArrayList<>();
    for (int i = 0; i < 20; i++) one.add(of("m" + i, "lane"));
    assertThat(outcomes(send(sink, one))).containsOnly(Outcome.ACCEPTED);
    assertThat(batches()).isEqualTo(2);
  }

  private long batches() {
    return harness.faults.requests().stream()
        .filter(r -> r.action().equals("SendMessageBatch"))
        .count();
  }

  @Test
  void aBatchHasNoMoreBytesThanSqsTakes() throws Exception {
    queue(false);
    byte[] large = bytes("x".repeat(400_000));
    List<Message> batch = new ArrayList<>();
    for (int i = 0; i < 4; i++) batch.add(message("m" + i, harness.queue, null, large, Map.of()));
    assertThat(outcomes(send(sink, batch))).containsOnly(Outcome.ACCEPTED);
    assertThat(batches()).isEqualTo(2);
    assertThat(stored()).hasSize(4);
  }

  @Test
  void theQueuesOwnLimitIsNamed() throws Exception {
    queue(false);
    harness.sqs.setQueueAttributes(
        q ->
            q.queueUrl(harness.queueUrl)
                .attributes(Map.of(QueueAttributeName.MAXIMUM_MESSAGE_SIZE, "2048")));
    Message tooLarge = message("m", harness.queue, null, bytes("x".repeat(2048)), Map.of());
    List<SendResult> results = send(sink, List.of(of("a", null), tooLarge));
    assertThat(outcomes(results)).containsExactly(Outcome.ACCEPTED, Outcome.REJECTED);
    assertThat(results.get(1).detail())
        .contains("2063 bytes", "at most 2048", harness.queue, "MaximumMessageSize");
  }

  @Test
  void aBatchRefusedForOneMessageIsSentOneByOne() throws Exception {
    queue(false);
    harness.faults.script(
        (request, next) ->
            request.body().contains("\"b\"")
                ? FaultyAws.error(request, 400, "InvalidParameterValue", Map.of())
                : next.answer(request));
    List<SendResult> results = send(sink, List.of(of("a", "l"), of("b", "l"), of("c", "l")));
    assertThat(outcomes(results))
        .containsExactly(Outcome.ACCEPTED, Outcome.REJECTED, Outcome.ACCEPTED);
    assertThat(stored()).containsExactly("a", "c");
  }

  @ParameterizedTest
  @CsvSource({"10, 1", "10, 3", "1, 1", "1, 3"})
  void aMessageRefusedForItsContentTakesNoOtherWithIt(int maxBatch, int lanes) throws Exception {
    harness = SendHarness.queue(true);
    harness.maxBatch = maxBatch;
    sink = harness.newSink();
    sink.open();
    harness.faults.script(
        (request, next) ->
            request.body().contains("\"m-1\"") && request.action().equals("SendMessageBatch")
                ? FaultyAws.error(request, 400, "InvalidParameterValue", Map.of())
                : next.answer(request));
    List<Message> batch = new ArrayList<>();
    for (int i = 1; i <= 10; i++) batch.add(of("m-" + i, "lane-" + i % lanes));
    List<SendResult> results = send(sink, batch);
    assertThat(results.get(0).outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(outcomes(results.subList(1, 10))).containsOnly(Outcome.ACCEPTED);
    assertThat(stored()).hasSize(9).doesNotContain("m-1");
  }

  @ParameterizedTest
  @CsvSource({
    "400, ThrottlingException, UNAVAILABLE",
    "403, RequestThrottled, UNAVAILABLE",
    "503, ServiceUnavailable, UNAVAILABLE",
    "500, InternalFailure, UNAVAILABLE",
    "400, NobodyForesawThis, UNAVAILABLE",
    "403, NobodyForesawThis, DENIED",
    "403, AccessDenied, DENIED",
    "400, KmsAccessDenied, DENIED",
    "400, KmsThrottled, UNAVAILABLE",
    "403, SignatureDoesNotMatch, DENIED",
    "400, KMSDisabled, DENIED",
    "403, ExpiredToken, DENIED",
    "403, RequestTimeTooSkewed, UNAVAILABLE"
  })
  void aRequestThatFailsAsAWhole(int status, String code, Outcome expected) throws Exception {
    queue(false);
    harness.faults.fail(status, code, Map.of(), "SendMessageBatch");
    List<SendResult> results = send(sink, List.of(of("a", "l"), of("b", "l")));
    assertThat(outcomes(results)).containsOnly(expected);
    assertThat(results.get(0).detail()).contains(code, harness.queue);
    assertThat(stored()).isEmpty();
  }

  @Test
  void credentialsThatSomebodyRenewsAreWaitedFor() throws Exception {
    queue(false);
    AwsAccess chain = new AwsAccess("sinks.a", FauxqsProcess.REGION, null, null, null, null);
    SendErrors errors = new SendErrors(chain, "sqs:SendMessage");
    SqsTarget target = new SqsTarget(harness.sqs, harness.queue, errors);
    assertThat(errors.of(true, "ExpiredToken", "over", target).outcome())
        .isEqualTo(Outcome.UNAVAILABLE);
  }

  @Test
  void aQueueThatWasNeverThereIsDeniedOneThatHasGoneIsWaitedFor() throws Exception {
    queue(false);
    List<SendResult> never = send(sink, List.of(message("m", "no-such-queue", null)));
    assertThat(outcomes(never)).containsExactly(Outcome.DENIED);
    assertThat(never.get(0).detail()).contains("queue no-such-queue", "create it, or correct");
    assertThat(outcomes(send(sink, List.of(of("a", null))))).containsExactly(Outcome.ACCEPTED);
    harness.sqs.deleteQueue(q -> q.queueUrl(harness.queueUrl));
    List<SendResult> gone = send(sink, List.of(of("b", null)));
    assertThat(outcomes(gone)).containsExactly(Outcome.UNAVAILABLE);
    assertThat(gone.get(0).detail()).contains("is not there");
  }

  @Test
  void openingLooksForTheQueueAndTheTopic() throws Exception {
    queue(false);
    for (MessageSink none :
        List.of(
            AwsSink.sqs(harness.settings(Naming.fixed("no-such-queue"))),
            AwsSink.sns(
                harness.settings(
                    Naming.fixed("arn:aws:sns:us-east-1:000000000000:no-such-topic"))))) {
      assertThatThrownBy(none::open)
          .isInstanceOfSatisfying(SinkException.class, e -> assertThat(e.temporary()).isFalse())
          .hasMessageContainingAll("sinks.a", "no-such", "create it, or correct the name");
      none.close();
    }
    harness.faults.fail(503, "ServiceUnavailable", Map.of());
    MessageSink away = AwsSink.sqs(harness.settings(Naming.fixed(harness.queue)));
    assertThatThrownBy(away::open)
        .isInstanceOfSatisfying(SinkException.class, e -> assertThat(e.temporary()).isTrue());
    harness.faults.wellAgain();
    away.open();
    assertThat(outcomes(send(away, List.of(of("a", null))))).containsExactly(Outcome.ACCEPTED);
    away.close();
  }

  @Test
  void whoMaySendNeedNotBeAllowedToLook() throws Exception {
    queue(false);
    harness.faults.fail(403, "AccessDenied", Map.of(), "GetQueueAttributes");
    for (String name :
        List.of(
            harness.queue,
            harness.faults.endpoint() + "/000000000000/" + harness.queue,
            "arn:aws:sqs:us-east-1:000000000000:" + harness.queue)) {
      try (MessageSink other = AwsSink.sqs(harness.settings(Naming.fixed(name)))) {
        other.open();
        assertThat(outcomes(send(other, List.of(of("a", null))))).containsExactly(Outcome.ACCEPTED);
      }
    }
    assertThat(stored()).hasSize(3);
  }

  @Test
  void aRepeatIsDroppedByAFifoQueueAndByAFifoTopic() throws Exception {
    for (boolean topic : new boolean[] {false, true}) {
      if (topic) topic(true);
      else queue(true);
      String id = "x".repeat(200);
      for (int i = 0; i < 2; i++) {
        assertThat(outcomes(send(sink, List.of(of(id, "l"))))).containsExactly(Outcome.ACCEPTED);
      }
      assertThat(stored()).containsExactly(id);
      end();
    }
  }

  @Test
  void attributesArriveOverBothServices() throws Exception {
    for (boolean topic : new boolean[] {false, true}) {
      if (topic) topic(false);
      else queue(false);
      Header[] headers = {
        Header.of("trace", "t1"), new Header("raw", new byte[] {-1, 0}), Header.of("no", "")
      };
      Message m = message("m", harness.address(), null, bytes("{}"), Map.of(), headers);
      assertThat(outcomes(send(sink, List.of(m)))).containsExactly(Outcome.ACCEPTED);
      var got = harness.take().get(0).messageAttributes();
      assertThat(got.get("trace").stringValue()).isEqualTo("t1");
      assertThat(got.get("raw").binaryValue().asByteArray()).containsExactly(-1, 0);
      assertThat(got.get("amebo-headers").stringValue()).isEqualTo("[[\"no\",\"\"]]");
      end();
    }
  }

  @Test
  void closingEndsWhatIsUnderWayAndWhatWaits() throws Exception {
    queue(false);
    harness.faults.hold();
    List<Message> many = new ArrayList<>();
    for (int i = 0; i < 200; i++) many.add(of("m" + i, null));
    CompletableFuture<List<SendResult>> open = sink.send(many).toCompletableFuture();
    sink.close();
    assertThat(outcomes(open.get(20, TimeUnit.SECONDS)))
        .hasSize(200)
        .containsOnly(Outcome.UNAVAILABLE);
    assertThat(sink.send(many).toCompletableFuture()).isCompletedExceptionally();
  }

  @Test
  void aMessageToNowhereOrToNobodysGroupIsRejectedAlone() throws Exception {
    harness = SendHarness.queue(true);
    harness.messageGroup = null;
    sink = AwsSink.sqs(harness.settings(Naming.address()));
    sink.open();
    List<SendResult> results = send(sink, List.of(of("a", null), of("b", "l")));
    assertThat(outcomes(results)).containsExactly(Outcome.REJECTED, Outcome.ACCEPTED);
    assertThat(results.get(0).detail()).contains("messageGroup");
    List<SendResult> nameless = send(sink, List.of(message("m", "no name", "l"), of("c", "l")));
    assertThat(outcomes(nameless)).containsExactly(Outcome.REJECTED, Outcome.ACCEPTED);
    assertThat(nameless.get(0).detail()).contains("got no name, allowed: a queue's name");
  }
}
