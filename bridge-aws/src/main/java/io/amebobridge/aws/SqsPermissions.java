package io.amebobridge.aws;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import tools.jackson.databind.json.JsonMapper;

/** What the bridge must be allowed to do with queues that it takes over. Stateless. */
final class SqsPermissions {
  /** For opening. */
  static final String TO_FIND = "sqs:GetQueueUrl and sqs:GetQueueAttributes";

  private static final List<String> TAKEOVER =
      List.of(
          "sqs:ReceiveMessage",
          "sqs:DeleteMessage",
          "sqs:ChangeMessageVisibility",
          "sqs:GetQueueAttributes",
          "sqs:GetQueueUrl");

  private SqsPermissions() {}

  /** A statement of an IAM policy, as JSON; a second one where a queue is encrypted by a key. */
  static String statement(List<SqsQueue> queues) {
    List<String> arns = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    for (SqsQueue queue : queues) {
      arns.add(
          queue
              .attributes()
              .getOrDefault(QueueAttributeName.QUEUE_ARN, "arn:aws:sqs:*:*:" + queue.name()));
      String key = queue.attributes().get(QueueAttributeName.KMS_MASTER_KEY_ID);
      if (key != null && !key.isBlank()) keys.add(key);
    }
    String text = json(TAKEOVER, arns);
    return keys.isEmpty() ? text : text + ", and kms:Decrypt of the keys " + keys;
  }

  private static String json(List<String> actions, List<String> resources) {
    Map<String, Object> statement = new LinkedHashMap<>();
    statement.put("Effect", "Allow");
    statement.put("Action", actions);
    statement.put("Resource", resources);
    return JsonMapper.shared().writeValueAsString(statement);
  }

  private interface Attempt {
    void make();
  }

  /**
   * What is denied, as warnings. Each is asked for something that can't be done (a handle that is
   * none, eleven messages), which AWS answers otherwise to those who may not do it at all. What it
   * does not answer so is not seen.
   */
  static List<String> missing(SqsClient sqs, SqsQueue queue) {
    List<String> warnings = new ArrayList<>();
    Map<String, Attempt> attempts = new LinkedHashMap<>();
    attempts.put(
        "sqs:ReceiveMessage",
        () -> {
          var unused =
              sqs.receiveMessage(
                  r -> r.queueUrl(queue.url()).maxNumberOfMessages(11).visibilityTimeout(0));
        });
    attempts.put(
        "sqs:DeleteMessage",
        () -> {
          var unused = sqs.deleteMessage(d -> d.queueUrl(queue.url()).receiptHandle("none"));
        });
    attempts.put(
        "sqs:ChangeMessageVisibility",
        () -> {
          var unused =
              sqs.changeMessageVisibility(
                  c -> c.queueUrl(queue.url()).receiptHandle("none").visibilityTimeout(0));
        });
    attempts.forEach(
        (permission, attempt) -> {
          try {
            attempt.make();
          } catch (SdkException e) {
            if (AwsErrors.kind(e) != AwsErrors.Kind.DENIED) return;
            warnings.add(
                "%s: %s is denied; grant it to the bridge's credentials"
                    .formatted(SqsSettings.called(queue.given()), permission));
          }
        });
    return warnings;
  }
}
