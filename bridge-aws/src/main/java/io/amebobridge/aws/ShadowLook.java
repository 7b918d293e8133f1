package io.amebobridge.aws;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What there is of a shadow now. Immutable.
 *
 * @param original the application's queue, as it was seen last
 * @param originalIsThere whether it is there now, and may be seen
 * @param queue the shadow; null: it is not there
 * @param dropped the queue of what SNS could not deliver; null: it is not there, or not wanted
 * @param topics in the config's order
 */
record ShadowLook(
    Queue original,
    boolean originalIsThere,
    @Nullable Queue queue,
    @Nullable Queue dropped,
    List<Topic> topics) {
  ShadowLook {
    topics = List.copyOf(topics);
  }

  /** A queue with its attributes, by SQS's names. */
  record Queue(String url, Map<String, String> attributes) {
    Queue {
      attributes = Map.copyOf(attributes);
    }

    String arn() {
      return attributes.getOrDefault("QueueArn", "");
    }

    /** About how many messages are in it, in flight or not. */
    long depth() {
      return number("ApproximateNumberOfMessages")
          + number("ApproximateNumberOfMessagesNotVisible")
          + number("ApproximateNumberOfMessagesDelayed");
    }

    /** 0 where it has none. */
    long number(String attribute) {
      try {
        return Long.parseLong(attributes.getOrDefault(attribute, "0"));
      } catch (NumberFormatException e) {
        return 0;
      }
    }
  }

  /** A subscription with its attributes, by SNS's names. */
  record Subscription(String arn, Map<String, String> attributes) {
    Subscription {
      attributes = Map.copyOf(attributes);
    }

    boolean isRaw() {
      return "true".equalsIgnoreCase(attributes.get("RawMessageDelivery"));
    }

    /** The ARN of the queue that gets what can't be delivered; empty: there is none. */
    String droppedArn() {
      return Redrive.target(attributes.get("RedrivePolicy"));
    }

    boolean isPending() {
      return "true".equalsIgnoreCase(attributes.get("PendingConfirmation"));
    }

    FilterPolicy filter() {
      return FilterPolicy.of(attributes);
    }
  }

  /**
   * A topic and who of the two is subscribed to it.
   *
   * @param isThere whether there is such a topic
   * @param original the application's subscription; null: there is none, or it was not looked for
   * @param own the shadow's; null: there is none
   */
  record Topic(
      ShadowTopic topic,
      boolean isThere,
      @Nullable Subscription original,
      @Nullable Subscription own) {
    /** Which messages the shadow is to get; null: the application's subscription should say. */
    @Nullable FilterPolicy wanted() {
      FilterPolicy given = topic.filter();
      if (given != null) return given;
      return original == null ? null : original.filter();
    }
  }
}
