package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueuePolicyTest {
  private static final String QUEUE = "arn:aws:sqs:eu-west-1:123456789012:shadow";
  private static final String TOPIC = "arn:aws:sns:eu-west-1:123456789012:orders";
  private final QueuePolicy policy = new QueuePolicy(QUEUE, List.of(TOPIC));

  @Test
  void itLetsTheTopicSendAndNobodyElseDoAnything() {
    assertThat(policy.json())
        .isEqualTo(
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"TopicsMaySend\","
                + "\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"sns.amazonaws.com\"},"
                + "\"Action\":\"sqs:SendMessage\",\"Resource\":\""
                + QUEUE
                + "\",\"Condition\":{\"ArnEquals\":{\"aws:SourceArn\":\""
                + TOPIC
                + "\"}}}]}");
    assertThat(policy.difference(policy.json())).isNull();
    QueuePolicy two = new QueuePolicy(QUEUE, List.of(TOPIC, TOPIC + "2"));
    assertThat(two.difference(two.json())).isNull();
    assertThat(two.difference(policy.json())).contains("does not let these topics send", "orders2");
    assertThat(policy.difference(two.json())).contains("lets other topics send", "orders2");
  }

  private static String statement(
      String principal, String action, String resource, String condition) {
    return """
        {"Statement": {"Effect": "Allow", "Principal": %s, "Action": %s, "Resource": %s,
         "Condition": %s}}"""
        .formatted(principal, action, resource, condition);
  }

  private static String with(String part, String value) {
    return statement(
        part.equals("Principal") ? value : "{\"Service\": \"sns.amazonaws.com\"}",
        part.equals("Action") ? value : "[\"SQS:SendMessage\"]",
        part.equals("Resource") ? value : "[\"" + QUEUE + "\"]",
        part.equals("Condition")
            ? value
            : "{\"ArnLike\": {\"AWS:SourceArn\": [\"" + TOPIC + "\"]}}");
  }

  @Test
  void theSameInOtherWordsIsTheSame() {
    assertThat(policy.difference(with("nothing", ""))).isNull();
    String plainText =
        "{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"sqs:*\",\"Resource\":\""
            + QUEUE
            + "\",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"false\"}}}";
    String both = policy.json().replace("\"Statement\":[", "\"Statement\":[" + plainText + ",");
    assertThat(policy.difference(both)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = ';',
      value = {
        "Principal; \"*\"",
        "Principal; {\"Service\":\"s3.amazonaws.com\"}",
        "Principal; {\"Service\":\"sns.amazonaws.com\",\"AWS\":\"*\"}",
        "Action; \"sqs:*\"",
        "Action; [\"sqs:SendMessage\",\"sqs:ReceiveMessage\"]",
        "Resource; \"*\"",
        "Condition; {}",
        "Condition; {\"ArnLike\":{\"aws:SourceArn\":\"arn:aws:sns:*:*:*\"}}",
        "Condition; {\"StringEquals\":{\"aws:SourceAccount\":\"123456789012\"}}",
        "Condition; {\"ArnNotEquals\":{\"aws:SourceArn\":\"x\"}}",
        "Condition; {\"ArnEquals\":{\"aws:SourceArn\":\"arn:aws:sns:eu-west-1:1:other\"}}"
      })
  void whatAllowsMoreIsADifference(String part, String value) {
    assertThat(policy.difference(with(part, value))).isNotNull();
  }

  @Test
  void whatDeniesOrIsMissingIsADifference() {
    assertThat(policy.difference(null)).contains("no policy");
    assertThat(policy.difference("")).contains("no policy");
    assertThat(policy.difference("nonsense")).contains("no JSON");
    assertThat(policy.difference(policy.json().replace("Allow", "Deny"))).contains("denies");
  }
}
