package io.amebobridge.aws;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What there is of SNS and SQS in one region of one account. Immutable, without secrets; each list
 * in the order of its ARNs; written as JSON as it is.
 *
 * @param endpoint the region's, or the one configured
 * @param attention what can't be preserved as it is, or wants a look before a move
 */
record AwsInventory(
    String endpoint,
    String region,
    List<Topic> topics,
    List<Subscription> subscriptions,
    List<Queue> queues,
    List<Attention> attention) {
  AwsInventory {
    topics = List.copyOf(topics);
    subscriptions = List.copyOf(subscriptions);
    queues = List.copyOf(queues);
    attention = List.copyOf(attention);
  }

  /**
   * A topic. What is null is not set, or could not be seen.
   *
   * @param kmsKey that it is encrypted with
   * @param deliveryPolicy of HTTP endpoints
   * @param archivePolicy of a FIFO topic that keeps its messages
   * @param publishers who may do what there, as its policy says
   * @param open whether its policy lets everyone in
   * @param queues the ARNs of those that hang on it
   */
  record Topic(
      String arn,
      String name,
      boolean fifo,
      boolean contentBasedDeduplication,
      @Nullable String displayName,
      @Nullable String kmsKey,
      @Nullable Object deliveryPolicy,
      @Nullable Object archivePolicy,
      @Nullable List<String> publishers,
      boolean open,
      List<String> queues) {}

  /**
   * A subscription.
   *
   * @param arn {@code PendingConfirmation} and such where it has none
   * @param endpoint without a URL's user and query, which may be secret
   * @param owner the account it belongs to
   * @param pending nobody has confirmed it yet
   * @param seen whether its attributes could be read; if not, the rest is unknown
   * @param scope of the filter policy: {@code MessageAttributes} or {@code MessageBody}
   * @param redriveTarget the ARN of the queue that gets what can't be delivered
   */
  record Subscription(
      String arn,
      String topicArn,
      String protocol,
      String endpoint,
      String owner,
      boolean pending,
      boolean seen,
      @Nullable Object filterPolicy,
      @Nullable String scope,
      boolean raw,
      @Nullable String redriveTarget,
      @Nullable Object deliveryPolicy) {}

  /**
   * A queue. Numbers are SQS's approximate ones; -1 is unknown.
   *
   * @param seen whether its attributes could be read; if not, the rest is unknown
   * @param ready messages that wait
   * @param inFlight received, and neither deleted nor visible again
   * @param delayed not to be received yet
   * @param oldestSeconds how long the oldest message has been there, as CloudWatch said in the last
   *     minutes; 0 where there is none. Of dead letters since they were moved. One that is received
   *     again and again is left out after some receives
   * @param redriveTarget the ARN of the queue that gets what was received too often
   * @param deadLetterSources the ARNs of the queues, in this region and account, that move there
   * @param encryption {@code none}, {@code SQS-managed}, or the KMS key
   * @param senders who may do what there, as its policy says
   * @param open whether its policy lets everyone in
   * @param topics the ARNs of those it hangs on
   */
  record Queue(
      String arn,
      String url,
      String name,
      boolean fifo,
      boolean seen,
      long ready,
      long inFlight,
      long delayed,
      long oldestSeconds,
      long visibilitySeconds,
      long retentionSeconds,
      long delaySeconds,
      long maxMessageBytes,
      boolean contentBasedDeduplication,
      @Nullable String deduplicationScope,
      @Nullable String fifoThroughputLimit,
      @Nullable String redriveTarget,
      long maxReceiveCount,
      List<String> deadLetterSources,
      @Nullable String encryption,
      @Nullable List<String> senders,
      boolean open,
      List<String> topics) {}

  /**
   * What wants a look.
   *
   * @param kind a word for programs, such as {@code filter-policy}
   * @param what such as {@code queue orders}
   * @param why for people: what it is, and what to do about it
   */
  record Attention(String kind, String what, String why) {}

  /** The last part of an ARN. */
  static String name(String arn) {
    return arn.substring(arn.lastIndexOf(':') + 1);
  }

  /** The account in an ARN; empty where there is none. */
  static String account(String arn) {
    String[] parts = arn.split(":", -1);
    return parts.length > 4 && parts[0].equals("arn") ? parts[4] : "";
  }

  /** As the JSON has it. */
  Map<String, @Nullable Object> json() {
    return InventoryJson.map(this);
  }
}
