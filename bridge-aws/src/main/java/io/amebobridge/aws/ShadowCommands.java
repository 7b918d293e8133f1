package io.amebobridge.aws;

import io.amebobridge.aws.ShadowLook.Queue;
import io.amebobridge.aws.ShadowLook.Subscription;
import io.amebobridge.aws.ShadowLook.Topic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** What somebody would do by hand, and what the bridge must be allowed, as AWS wants it written. */
final class ShadowCommands {
  private static final JsonMapper JSON = JsonMapper.shared();

  private ShadowCommands() {}

  /** For AWS's command line: what makes the missing parts. */
  static List<String> create(ShadowPlan plan) {
    List<String> commands = new ArrayList<>();
    ShadowSettings shadow = plan.shadow();
    if (plan.droppedIsMissing()) commands.add(createDropped(plan));
    if (plan.queueIsMissing()) {
      commands.add(createQueue(plan, shadow.queue(), plan.queueAttributes()));
    }
    for (Topic t : plan.unsubscribed()) {
      commands.add(
          "aws sns subscribe --region %s --topic-arn %s --protocol sqs --notification-endpoint %s"
                  .formatted(t.topic().region(), t.topic(), plan.arn())
              + " --attributes "
              + quoted(plan.subscriptionAttributes(t)));
    }
    return commands;
  }

  static String createDropped(ShadowPlan plan) {
    return createQueue(plan, String.valueOf(plan.shadow().dropped()), plan.droppedAttributes());
  }

  private static String createQueue(ShadowPlan plan, String name, Map<String, String> attributes) {
    return "aws sqs create-queue --region %s --queue-name %s --attributes %s"
        .formatted(part(plan.arn(), 3), name, quoted(attributes));
  }

  static String setPolicy(ShadowPlan plan, Queue queue, QueuePolicy policy) {
    return "aws sqs set-queue-attributes --region %s --queue-url %s --attributes %s"
        .formatted(part(plan.arn(), 3), queue.url(), quoted(Map.of("Policy", policy.json())));
  }

  static String setSubscription(Topic topic, Subscription own, String name, String value) {
    return "aws sns set-subscription-attributes --region %s --subscription-arn %s"
            .formatted(topic.topic().region(), own.arn())
        + " --attribute-name %s --attribute-value %s".formatted(name, quoted(value));
  }

  /** What the bridge's own user or role needs, as a policy of IAM. */
  static String permissions(ShadowPlan plan) {
    ShadowSettings shadow = plan.shadow();
    List<Object> statements = new ArrayList<>();
    statements.add(
        allow(
            List.of(
                "sqs:GetQueueUrl",
                "sqs:GetQueueAttributes",
                "sqs:ReceiveMessage",
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage"),
            plan.arn()));
    List<String> seen = new ArrayList<>(List.of(plan.look().original().arn()));
    List<String> made = new ArrayList<>(List.of(plan.arn()));
    if (plan.wantsDropped()) {
      seen.add(plan.droppedPolicy().queueArn());
      made.add(plan.droppedPolicy().queueArn());
    }
    statements.add(allow(List.of("sqs:GetQueueUrl", "sqs:GetQueueAttributes"), seen));
    statements.add(allow(List.of("sns:ListSubscriptionsByTopic"), shadow.arns()));
    // SNS knows no resource for these
    statements.add(allow(List.of("sns:GetSubscriptionAttributes", "sns:ListSubscriptions"), "*"));
    if (shadow.create()) {
      statements.add(allow(List.of("sqs:CreateQueue"), made));
      statements.add(allow(List.of("sqs:TagQueue", "sqs:ListQueueTags"), plan.arn()));
      Map<String, Object> subscribe = allow(List.of("sns:Subscribe"), shadow.arns());
      subscribe.put(
          "Condition",
          Map.of("StringEquals", ordered("sns:Endpoint", plan.arn(), "sns:Protocol", "sqs")));
      statements.add(subscribe);
    }
    if (shadow.kmsKey() != null) {
      String key = shadow.kmsKey().startsWith("arn:") ? shadow.kmsKey() : "the ARN of the key";
      statements.add(allow(List.of("kms:Decrypt"), key));
    }
    return JSON.writeValueAsString(ordered("Version", "2012-10-17", "Statement", statements));
  }

  /** What the key of a shadow must allow SNS, as a statement of its key policy. */
  static String keyStatement(ShadowPlan plan) {
    Map<String, Object> statement = ordered("Sid", "TopicsMayEncrypt", "Effect", "Allow");
    statement.put("Principal", Map.of("Service", "sns.amazonaws.com"));
    statement.put("Action", List.of("kms:GenerateDataKey", "kms:Decrypt"));
    statement.put("Resource", "*");
    statement.put("Condition", Map.of("ArnEquals", Map.of("aws:SourceArn", plan.shadow().arns())));
    return JSON.writeValueAsString(statement);
  }

  private static Map<String, Object> allow(List<String> actions, Object resource) {
    Map<String, Object> statement = ordered("Effect", "Allow", "Action", actions);
    statement.put("Resource", resource);
    return statement;
  }

  private static Map<String, Object> ordered(String a, Object of, String b, Object then) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(a, of);
    map.put(b, then);
    return map;
  }

  private static String part(String arn, int index) {
    String[] parts = arn.split(":", -1);
    return parts.length > index ? parts[index] : "";
  }

  private static String quoted(Map<String, String> json) {
    return quoted(JSON.writeValueAsString(json));
  }

  /** For a shell. */
  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
