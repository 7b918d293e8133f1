package io.amebobridge.aws;

import io.amebobridge.aws.AwsInventory.Queue;
import io.amebobridge.aws.AwsInventory.Subscription;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes of SQS's attributes an inventory's {@link Queue}. Stateless. */
final class ReadQueue {
  private ReadQueue() {}

  /**
   * @param a by SQS's names; empty where they could not be read
   * @param ages in seconds by the queue's name, as {@link ReadAges} gives them
   * @param deadLetterSources by the ARN of the queue that gets what was received too often
   */
  static Queue of(
      String url,
      Map<String, String> a,
      Map<String, Long> ages,
      Map<String, List<String>> deadLetterSources,
      List<Subscription> subscriptions) {
    String name = name(url);
    String arn = a.getOrDefault("QueueArn", "");
    Object redrive = InventoryJson.policy(a.get("RedrivePolicy"));
    Object count = InventoryJson.field(redrive, "maxReceiveCount");
    return new Queue(
        arn,
        url,
        name,
        FifoName.isFifo(name),
        !a.isEmpty(),
        number(a.get("ApproximateNumberOfMessages")),
        number(a.get("ApproximateNumberOfMessagesNotVisible")),
        number(a.get("ApproximateNumberOfMessagesDelayed")),
        isEmpty(a) ? 0 : ages.getOrDefault(name, -1L),
        number(a.get("VisibilityTimeout")),
        number(a.get("MessageRetentionPeriod")),
        number(a.get("DelaySeconds")),
        number(a.get("MaximumMessageSize")),
        "true".equals(a.get("ContentBasedDeduplication")),
        a.get("DeduplicationScope"),
        a.get("FifoThroughputLimit"),
        ReadAwsInventory.text(InventoryJson.field(redrive, "deadLetterTargetArn")),
        number(ReadAwsInventory.text(count)), // a number, or one as text
        deadLetterSources.getOrDefault(arn, List.of()),
        a.isEmpty() ? null : encryption(a),
        a.isEmpty() ? null : PolicySummary.of(a.get("Policy")),
        OpenPolicy.isOpen(a.get("Policy")),
        subscriptions.stream()
            .filter(s -> s.protocol().equals("sqs") && s.endpoint().equals(arn))
            .map(Subscription::topicArn)
            .distinct()
            .toList());
  }

  static String name(String url) {
    return url.substring(url.lastIndexOf('/') + 1);
  }

  /** Whether its numbers are known, and all 0. */
  static boolean isEmpty(Map<String, String> a) {
    return Stream.of(
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed")
        .allMatch(count -> number(a.get(count)) == 0);
  }

  private static String encryption(Map<String, String> a) {
    String key = ReadAwsInventory.text(a.get("KmsMasterKeyId"));
    if (key != null) return key;
    return "true".equals(a.get("SqsManagedSseEnabled")) ? "SQS-managed" : "none";
  }

  private static long number(@Nullable String text) {
    try {
      return text == null ? -1 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
