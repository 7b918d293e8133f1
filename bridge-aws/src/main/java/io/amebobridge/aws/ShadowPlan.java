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

  /** Who may send to the queue of what SNS can't deliver. */
  QueuePolicy droppedPolicy() {
    List<String> topics =
        shadow.topics().stream().filter(this::isEvident).map(t -> t.arn()).toList();
    return new QueuePolicy(droppedArn(), topics);
  }

  private String droppedArn() {
    return arn.substring(0, arn.lastIndexOf(':') + 1) + shadow.dropped();
  }

  /**
   * Whether what SNS can't deliver of a topic is kept: it keeps that in the topic's region only.
   */
  boolean isEvident(ShadowTopic topic) {
    return shadow.dropped() != null && arn.split(":", -1)[3].equals(topic.region());
  }

  /** The wanted redrive policy of a topic's subscription; null: none is. */
  @Nullable String redrivePolicy(ShadowTopic topic) {
    if (!isEvident(topic)) return null;
    return "{\"deadLetterTargetArn\":\"" + droppedArn() + "\"}";
  }

  /** Whether there is a topic for which that queue is wanted. */
  boolean wantsDropped() {
    return shadow.topics().stream().anyMatch(this::isEvident);
  }

  boolean droppedIsMissing() {
    return wantsDropped() && look.dropped() == null;
  }

  /**
   * That queue, where it is to be created, has these. Its key is SQS's own: that of the shadow may
   * be why a copy could not be delivered.
   */
  Map<String, String> droppedAttributes() {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("MessageRetentionPeriod", "1209600"); // 14 days, SQS's most
    attributes.put("MaximumMessageSize", "1048576");
    attributes.put("SqsManagedSseEnabled", "true");
    if (shadow.isFifo()) attributes.put("FifoQueue", "true");
    attributes.put("Policy", droppedPolicy().json());
    return attributes;
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
  Map<String, String> subscriptionAttributes(Topic topic) {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("RawMessageDelivery", "false");
    FilterPolicy filter = Objects.requireNonNull(topic.wanted());
    if (filter.policy() != null) {
      attributes.put("FilterPolicy", filter.policy());
      attributes.put("FilterPolicyScope", filter.scope());
    }
    String redrive = redrivePolicy(topic.topic());
    if (redrive != null) attributes.put("RedrivePolicy", redrive);
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
    return !queueIsMissing() && !droppedIsMissing() && unsubscribed().isEmpty();
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
    if (wantsDropped()) {
      lines.add(
          "queue %s, for what SNS can't deliver to %s, encrypted by SQS, its policy: %s%s"
              .formatted(
                  shadow.dropped(),
                  shadow.queue(),
                  droppedPolicy().json(),
                  droppedIsMissing() ? UNSEEN + WANTED : THERE));
    }
    for (Topic t : look.topics()) {
      lines.add(
          "subscription of %s to topic %s, no raw delivery, %s%s"
              .formatted(shadow.queue(), t.topic(), t.wanted(), t.own() == null ? WANTED : THERE));
    }
    return lines;
  }
}
