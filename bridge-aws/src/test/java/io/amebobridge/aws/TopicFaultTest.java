package io.amebobridge.aws;

import static io.amebobridge.aws.SendMessages.message;
import static io.amebobridge.aws.SendMessages.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.Message;
import io.amebobridge.core.MessageSink;
import io.amebobridge.core.Naming;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SendResult.Outcome;
import io.amebobridge.core.SinkException;
import io.amebobridge.testkit.FaultyAws;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The sink of SNS against one that fails in parts, or is asked in the wrong region. */
class TopicFaultTest {
  private SendHarness harness;
  private MessageSink sink;

  @BeforeEach
  void prepare() throws Exception {
    harness = SendHarness.topic(false);
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

  private static List<Outcome> outcomes(List<SendResult> results) {
    return results.stream().map(SendResult::outcome).toList();
  }

  @Test
  void aTopicsEntriesFailInParts() throws Exception {
    harness.faults.script(
        (request, next) ->
            new FaultyAws.Answer(
                200,
                Map.of("Content-Type", "text/xml"),
                "<PublishBatchResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">"
                    + "<PublishBatchResult><Successful><member><Id>0</Id><MessageId>m</MessageId>"
                    + "</member></Successful><Failed><member><Id>1</Id><Code>InvalidParameter"
                    + "</Code><Message>bad</Message><SenderFault>true</SenderFault></member>"
                    + "<member><Id>2</Id><Code>InternalError</Code><Message>later</Message>"
                    + "<SenderFault>false</SenderFault></member></Failed></PublishBatchResult>"
                    + "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>"
                    + "</PublishBatchResponse>"));
    List<SendResult> results =
        send(sink, List.of(of("a", null), of("b", null), of("c", null), of("d", null)));
    assertThat(outcomes(results))
        .containsExactly(
            Outcome.ACCEPTED, Outcome.REJECTED, Outcome.UNAVAILABLE, Outcome.UNAVAILABLE);
    assertThat(results.get(3).detail()).contains("no result");
  }

  @Test
  void aTopicIsAskedInItsOwnRegion() throws Exception {
    String arn = "arn:aws:sns:eu-central-1:000000000000:orders";
    harness.faults.script(
        (request, next) -> {
          String signed = request.headers().getOrDefault("authorization", "");
          if (!signed.contains("/eu-central-1/sns/")) return anotherTopicsArn(request);
          return request.action().equals("PublishBatch")
              ? new FaultyAws.Answer(
                  200,
                  Map.of("Content-Type", "text/xml"),
                  "<PublishBatchResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">"
                      + "<PublishBatchResult><Successful><member><Id>0</Id><MessageId>m"
                      + "</MessageId></member></Successful></PublishBatchResult>"
                      + "</PublishBatchResponse>")
              : FaultyAws.error(request, 403, "AuthorizationError", Map.of());
        });
    assertThat(outcomes(send(sink, List.of(message("a", arn, null)))))
        .containsExactly(Outcome.ACCEPTED);
    try (MessageSink fixed = AwsSink.sns(harness.settings(Naming.fixed(arn)))) {
      fixed.open();
      assertThat(outcomes(send(fixed, List.of(of("b", null))))).containsExactly(Outcome.ACCEPTED);
    }
  }

  /** As SNS answers for a topic that is not in the region asked. */
  private static FaultyAws.Answer anotherTopicsArn(FaultyAws.Request request) {
    FaultyAws.Answer error = FaultyAws.error(request, 400, "InvalidParameter", Map.of());
    String said = error.body().replace("on demand", "Invalid parameter: TopicArn");
    return new FaultyAws.Answer(error.status(), error.headers(), said);
  }

  @Test
  void aTopicThatAnEndpointDoesNotKnowIsNoMessagesFault() throws Exception {
    harness.faults.script((request, next) -> anotherTopicsArn(request));
    List<SendResult> results = send(sink, List.of(of("a", null), of("b", "lane")));
    assertThat(outcomes(results)).containsOnly(Outcome.DENIED);
    assertThat(results.get(0).detail())
        .contains(harness.address(), "Invalid parameter: TopicArn", "correct the ARN");
    assertThatThrownBy(() -> AwsSink.sns(harness.settings(Naming.fixed(harness.address()))).open())
        .isInstanceOfSatisfying(SinkException.class, e -> assertThat(e.temporary()).isFalse());
  }
}
