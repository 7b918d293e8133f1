package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

class SqsMessageTest {
  private static final String ARN = "arn:aws:sqs:eu-west-1:123456789012:orders";
  private static final String ENVELOPE =
      """
      {"Type": "Notification", "MessageId": "11d0-aa", "TopicArn":
       "arn:aws:sns:eu-west-1:123456789012:shop", "Subject": "Sold", "Message": "{\\"id\\": 7}",
       "Timestamp": "2026-01-02T03:04:05.678Z", "SignatureVersion": "1", "MessageAttributes": {
         "kind": {"Type": "String", "Value": "sold"},
         "amount": {"Type": "Number", "Value": "12.50"},
         "tags": {"Type": "String.Array", "Value": "[\\"a\\", 2]"},
         "blob": {"Type": "Binary", "Value": "AAEC"}}}
      """;

  private static Message message(
      String envelope, String queue, software.amazon.awssdk.services.sqs.model.Message received)
      throws Exception {
    SqsSettings settings =
        new SqsSources("http://localhost:1", queue).with("envelope", envelope).settings();
    SqsQueue found =
        new SqsQueue(
            QueueName.parse(queue),
            "http://localhost:1/1/" + queue,
            Duration.ofSeconds(30),
            Map.of(QueueAttributeName.QUEUE_ARN, ARN),
            null);
    return new SqsMessage(settings, found).read(received).message();
  }

  private static software.amazon.awssdk.services.sqs.model.Message.Builder received(String body) {
    return software.amazon.awssdk.services.sqs.model.Message.builder()
        .messageId("0c2b")
        .receiptHandle("a-handle")
        .body(body)
        .attributes(
            Map.of(
                MessageSystemAttributeName.SENT_TIMESTAMP,
                "1700000000123",
                MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT,
                "3"));
  }

  private static Map<String, Object> variables(Message message) {
    return message.origin().variables();
  }

  private static String text(Message message) {
    return new String(Objects.requireNonNull(message.body()), StandardCharsets.UTF_8);
  }

  @Test
  void aPlainMessageIsItselfWithTheSqsId() throws Exception {
    Message m = message("auto", "orders", received("{\"a\": \"ü\"}").build());
    assertThat(m.id()).isEqualTo("sqs:0c2b");
    assertThat(m.address()).isEqualTo("orders");
    assertThat(m.key()).isNull();
    assertThat(m.origin().lane()).isNull();
    assertThat(text(m)).isEqualTo("{\"a\": \"ü\"}");
    assertThat(m.origin().timestamp()).isEqualTo(Instant.ofEpochMilli(1_700_000_000_123L));
    assertThat(m.origin().where()).isEqualTo("shop orders");
    assertThat(Objects.requireNonNull(m.origin().coordinates()).system())
        .isEqualTo("sqs:eu-west-1:123456789012");
    assertThat(variables(m))
        .containsEntry("queue", "orders")
        .containsEntry("messageId", "0c2b")
        .containsEntry("receiveCount", 3)
        .doesNotContainKeys("topic", "messageGroupId");
  }

  @Test
  void anEnvelopeIsTakenOffAndItsAttributesLifted() throws Exception {
    Message m = message("auto", "orders", received(ENVELOPE).build());
    assertThat(m.id()).isEqualTo("sns:11d0-aa");
    assertThat(text(m)).isEqualTo("{\"id\": 7}");
    assertThat(m.origin().timestamp()).isEqualTo(Instant.parse("2026-01-02T03:04:05.678Z"));
    assertThat(m.headers())
        .containsExactly(
            Header.of("kind", "sold"),
            Header.of("amount", "12.50"),
            Header.of("tags", "[\"a\", 2]"),
            new Header("blob", new byte[] {0, 1, 2}));
    assertThat(variables(m))
        .containsEntry("topic", "shop")
        .containsEntry("subject", "Sold")
        .containsEntry("messageId", "11d0-aa")
        .containsEntry("sqsMessageId", "0c2b")
        .containsEntry(
            "attributes",
            Map.of(
                "kind",
                "sold",
                "amount",
                new BigDecimal("12.50"),
                "tags",
                List.of("a", 2),
                "blob",
                "AAEC"));
  }

  @Test
  void anEnvelopeStaysWhereTheConfigSaysSo() throws Exception {
    Message m = message("never", "orders", received(ENVELOPE).build());
    assertThat(m.id()).isEqualTo("sqs:0c2b");
    assertThat(text(m)).isEqualTo(ENVELOPE);
    assertThat(variables(m)).doesNotContainKey("topic");
  }

  @Test
  void anEnvelopeWithAnIdThatSnsWouldNotGiveIsNone() throws Exception {
    String forged = ENVELOPE.replace("11d0-aa", "x".repeat(300));
    assertThat(message("auto", "orders", received(forged).build()).id()).isEqualTo("sqs:0c2b");
  }

  @Test
  void whatSnsAsksOfAQueueIsNoEvent() throws Exception {
    String asks = ENVELOPE.replace("\"Notification\"", "\"SubscriptionConfirmation\"");
    Message m = message("auto", "orders", received(asks).build());
    assertThat(m.origin().error()).contains("SubscriptionConfirmation", "shop");
    assertThat(text(m)).isEqualTo(asks);
  }

  @Test
  void attributesHaveTheirTypes() throws Exception {
    Message m =
        message(
            "auto",
            "orders",
            received("x")
                .messageAttributes(
                    Map.of(
                        "n", attribute("Number.int", "42"),
                        "wide", attribute("Number", "12345678901234567890.5"),
                        "odd", attribute("Number", "1E+999999999"),
                        "s", attribute("String", "text"),
                        "b",
                            MessageAttributeValue.builder()
                                .dataType("Binary.gif")
                                .binaryValue(SdkBytes.fromByteArray(new byte[] {-1, 0}))
                                .build()))
                .build());
    assertThat(variables(m).get("attributes"))
        .isEqualTo(
            Map.of(
                "n",
                42L,
                "wide",
                new BigDecimal("12345678901234567890.5"),
                "odd",
                "1E+999999999",
                "s",
                "text",
                "b",
                Base64.getEncoder().encodeToString(new byte[] {-1, 0})));
    assertThat(m.headers()).contains(new Header("b", new byte[] {-1, 0}), Header.of("n", "42"));
  }

  private static MessageAttributeValue attribute(String type, String value) {
    return MessageAttributeValue.builder().dataType(type).stringValue(value).build();
  }

  @Test
  void aMessageGroupIsTheLaneAndTheKey() throws Exception {
    Message m =
        message(
            "auto",
            "orders.fifo",
            received("x")
                .attributes(
                    Map.of(
                        MessageSystemAttributeName.MESSAGE_GROUP_ID,
                        "customer-7",
                        MessageSystemAttributeName.MESSAGE_DEDUPLICATION_ID,
                        "d",
                        MessageSystemAttributeName.SEQUENCE_NUMBER,
                        "18849496460467696128"))
                .build());
    assertThat(m.origin().lane()).isEqualTo("orders.fifo/customer-7");
    assertThat(m.key()).isEqualTo("customer-7".getBytes(StandardCharsets.UTF_8));
    assertThat(variables(m))
        .containsEntry("messageGroupId", "customer-7")
        .containsEntry("deduplicationId", "d")
        .containsEntry("sequenceNumber", "18849496460467696128");
  }

  /** Standard queues have groups too, for fairness; they keep no order. */
  @Test
  void aGroupOfAStandardQueueIsTheKeyAlone() throws Exception {
    Message m =
        message(
            "auto",
            "orders",
            received("x")
                .attributes(Map.of(MessageSystemAttributeName.MESSAGE_GROUP_ID, "tenant"))
                .build());
    assertThat(m.origin().lane()).isNull();
    assertThat(m.key()).isEqualTo("tenant".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatIsNotUnderstoodSurfaces() throws Exception {
    Message m =
        message(
            "auto",
            "orders",
            received("as it was")
                .attributes(Map.of(MessageSystemAttributeName.SENT_TIMESTAMP, "yesterday"))
                .build());
    assertThat(m.origin().error()).contains("can't be understood");
    assertThat(text(m)).isEqualTo("as it was");
    assertThat(m.id()).isEqualTo("sqs:0c2b");
  }

  @Test
  void noTextHasTheBodyOrTheHandle() throws Exception {
    software.amazon.awssdk.services.sqs.model.Message received = received("a-payload").build();
    Message m = message("auto", "orders", received);
    assertThat(m.toString()).doesNotContain("a-payload");
    assertThat(new Held(null, "0c2b", "a-handle", m, 0, 0).toString())
        .doesNotContain("a-payload", "a-handle");
  }
}
