package io.amebobridge.aws;

import io.amebobridge.aws.ShadowLook.Topic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a shadow needs and how much of it is there. Immutable.
 *
 * @param arn of the shadow queue
 * @param tags that the queue has; empty where they were not asked for
 * @param gone what was there before and is no longer: copies are missing; null: nothing
 */
record ShadowPlan(
    ShadowSettings shadow,
    ShadowLook look,
    String arn,
    Set<String> tags,
    @Nullable String gone,
    List<String> warnings) {
  private static final String THERE = ": is there already, the same";
  private static final String WANTED = ": will be created";

  /** AWS answers the same for both. */
  private static final String UNSEEN =
      " (it is not there, or these credentials may not see it: sqs:GetQueueUrl)";

  ShadowPlan {
    tags = Set.copyOf(tags);
    warnings = List.copyOf(warnings);
  }

  QueuePolicy policy() {
    return new QueuePolicy(arn, shadow.arns());
  }

  /** A queue that is to be created has these. */
  Map<String, String> queueAttributes() {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("MessageRetentionPeriod", String.valueOf(shadow.retention().toSeconds()));
    attributes.put("MaximumMessageSize", "1048576"); // an envelope is larger than its message
    if (shadow.kmsKey() != null) attributes.put("KmsMasterKeyId", shadow.kmsKey());
    else attributes.put("SqsManagedSseEnabled", "true");
    if (shadow.isFifo()) {
      attributes.put("FifoQueue", "true");
      // so that it takes what the application's takes, at the same rate
      for (String name : List.of("DeduplicationScope", "FifoThroughputLimit")) {
        String value = look.original().attributes().get(name);
        if (value != null) attributes.put(name, value);
      }
    }
    attributes.put("Policy", policy().json());
    return attributes;
  }

  /** A subscription that is to be made has these. */
  static Map<String, String> subscriptionAttributes(Topic topic) {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("RawMessageDelivery", "false");
    FilterPolicy filter = Objects.requireNonNull(topic.wanted());
    if (filter.policy() != null) {
      attributes.put("FilterPolicy", filter.policy());
      attributes.put("FilterPolicyScope", filter.scope());
    }
    return attributes;
  }

  boolean queueIsMissing() {
    return look.queue() == null;
  }

  /** Those that the shadow is not subscribed to. */
  List<Topic> unsubscribed() {
    return look.topics().stream().filter(t -> t.own() == null).toList();
  }

  boolean isComplete() {
    return !queueIsMissing() && unsubscribed().isEmpty();
  }

  /** Whether it is known of each topic that the queue was subscribed to it. */
  boolean isTagged() {
    return shadow.topics().stream().allMatch(t -> tags.contains(CreateShadow.tag(t)));
  }

  /** A line for each thing. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "queue %s, retention %s, %s%s"
            .formatted(
                shadow.queue(),
                shadow.retention(),
                shadow.kmsKey() == null ? "encrypted by SQS" : "encrypted with " + shadow.kmsKey(),
                queueIsMissing() ? UNSEEN + WANTED : THERE));
    lines.add("its policy: " + policy().json());
    for (Topic t : look.topics()) {
      lines.add(
          "subscription of %s to topic %s, no raw delivery, %s%s"
              .formatted(shadow.queue(), t.topic(), t.wanted(), t.own() == null ? WANTED : THERE));
    }
    return lines;
  }
}
