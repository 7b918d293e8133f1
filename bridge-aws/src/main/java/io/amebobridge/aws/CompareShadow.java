package io.amebobridge.aws;

import io.amebobridge.aws.ShadowLook.Queue;
import io.amebobridge.aws.ShadowLook.Subscription;
import io.amebobridge.aws.ShadowLook.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How what is there differs from what a shadow must be. Stateless. */
final class CompareShadow {
  /** As large as SNS's largest message. */
  private static final long LEAST_SIZE = 262_144;

  private CompareShadow() {}

  /** The differences, for people; what is missing is none. */
  static List<String> differences(ShadowPlan plan) {
    List<String> all = new ArrayList<>();
    Queue queue = plan.look().queue();
    if (queue != null) all.addAll(ofQueue(plan, queue));
    Queue dropped = plan.look().dropped();
    if (dropped != null && plan.wantsDropped()) all.addAll(ofDropped(plan, dropped));
    for (Topic t : plan.look().topics()) {
      if (t.own() == null) continue;
      all.addAll(ofSubscription(plan.shadow(), t, t.own()));
      if (!t.own().isPending()) all.addAll(ofRedrive(plan, t, t.own()));
    }
    return all;
  }

  private static List<String> ofDropped(ShadowPlan plan, Queue dropped) {
    QueuePolicy wanted = plan.droppedPolicy();
    String policy = wanted.difference(dropped.attributes().get("Policy"));
    if (policy == null) return List.of();
    return List.of(
        "of queue %s, which gets what SNS can't deliver: %s; set it with: %s"
            .formatted(
                plan.shadow().dropped(), policy, ShadowCommands.setPolicy(plan, dropped, wanted)));
  }

  private static List<String> ofRedrive(ShadowPlan plan, Topic topic, Subscription own) {
    String wanted = plan.redrivePolicy(topic.topic());
    if (wanted == null || own.droppedArn().equals(Redrive.target(wanted))) return List.of();
    String set = ShadowCommands.setSubscription(topic, own, "RedrivePolicy", wanted);
    if (plan.droppedIsMissing()) set = ShadowCommands.createDropped(plan) + "; " + set;
    return List.of(
        "its subscription to topic %s does not send what can't be delivered to queue %s; set it with: %s; or write shadow.dropped: none"
            .formatted(topic.topic(), plan.shadow().dropped(), set));
  }

  private static List<String> ofQueue(ShadowPlan plan, Queue queue) {
    ShadowSettings shadow = plan.shadow();
    List<String> all = new ArrayList<>();
    String policy = plan.policy().difference(queue.attributes().get("Policy"));
    if (policy != null) {
      all.add(policy + "; set it with: " + ShadowCommands.setPolicy(plan, queue, plan.policy()));
    }
    long retention = queue.number("MessageRetentionPeriod");
    if (retention < shadow.retention().toSeconds()) {
      all.add(
          "it keeps messages for %d seconds only, wanted: %d (shadow.retention)"
              .formatted(retention, shadow.retention().toSeconds()));
    }
    if (queue.number("MaximumMessageSize") < LEAST_SIZE) {
      all.add(
          "it takes messages of %d bytes only, while a topic's may have %d"
              .formatted(queue.number("MaximumMessageSize"), LEAST_SIZE));
    }
    String redrive = queue.attributes().get("RedrivePolicy");
    if (redrive != null && !redrive.isBlank()) {
      all.add("it has a redrive policy, by which SQS takes copies out of it; remove that");
    }
    String key = queue.attributes().get("KmsMasterKeyId");
    boolean encrypted = key != null && !key.isBlank();
    if (encrypted ? !key.equals(shadow.kmsKey()) : shadow.kmsKey() != null) {
      all.add(
          "it is encrypted with "
              + (encrypted ? key : "no key of yours")
              + ", the config says "
              + (shadow.kmsKey() == null ? "none" : shadow.kmsKey())
              + " (shadow.kmsKey)");
    }
    return all;
  }

  private static List<String> ofSubscription(ShadowSettings shadow, Topic topic, Subscription own) {
    List<String> all = new ArrayList<>();
    String which = "its subscription to topic " + topic.topic() + " ";
    if (own.isPending()) {
      all.add(which + "is not confirmed; remove it, and subscribe as the queue's owner");
      return all;
    }
    if (own.isRaw()) {
      all.add(
          which
              + "has raw delivery, which takes SNS's MessageId off: a message's identity would be"
              + " lost; set it with: "
              + ShadowCommands.setSubscription(topic, own, "RawMessageDelivery", "false"));
    }
    FilterPolicy wanted = topic.wanted();
    if (wanted != null && !own.filter().isSameAs(wanted)) {
      all.add(which + "has " + own.filter() + ", wanted: " + ofWhom(shadow, topic, wanted, own));
    }
    return all;
  }

  private static String ofWhom(
      ShadowSettings shadow, Topic topic, FilterPolicy wanted, Subscription own) {
    String whose =
        topic.topic().filter() == null
            ? " (that of queue " + shadow.original() + ")"
            : " (that of the config)";
    String policy = wanted.policy() == null ? "{}" : wanted.policy();
    StringBuilder text = new StringBuilder(wanted + whose + "; set it with: ");
    if (wanted.policy() != null && !wanted.scope().equals(own.filter().scope())) {
      text.append(ShadowCommands.setSubscription(topic, own, "FilterPolicyScope", wanted.scope()))
          .append("; ");
    }
    text.append(ShadowCommands.setSubscription(topic, own, "FilterPolicy", policy));
    return text + "; SNS takes up to 15 minutes for it";
  }

  /** Of a running shadow: what is there no longer. */
  static List<String> missing(ShadowPlan plan) {
    List<String> all = new ArrayList<>();
    if (plan.queueIsMissing()) all.add(unseen(plan.shadow().queue()));
    if (!plan.look().originalIsThere()) all.add(unseen(plan.shadow().original().name()));
    if (plan.droppedIsMissing()) {
      all.add(unseen(plan.shadow().dropped()) + ", so copies that SNS drops leave no evidence");
    }
    String undelivered = undelivered(plan.shadow(), plan.look());
    if (undelivered != null) all.add(undelivered);
    for (Topic t : plan.unsubscribed()) {
      String what = t.isThere() ? "its subscription to topic " : "topic ";
      all.add(what + t.topic() + " is gone");
    }
    for (Topic t : plan.look().topics()) {
      if (t.isThere() && t.wanted() == null) {
        all.add(
            "queue %s is no longer subscribed to topic %s"
                .formatted(plan.shadow().original(), t.topic()));
      }
    }
    return all;
  }

  /** AWS answers the same for both. */
  private static String unseen(@Nullable String queue) {
    return "queue "
        + queue
        + " is gone, or these credentials may not see it any more (sqs:GetQueueUrl)";
  }

  /** Of copies that SNS dropped; without their number, which SQS knows about only. Null: none. */
  static @Nullable String undelivered(ShadowSettings shadow, ShadowLook look) {
    Queue dropped = look.dropped();
    if (dropped == null || dropped.depth() == 0) return null;
    return "SNS could not deliver some copies to it, which are in queue %s (their attribute ErrorMessage says why): mend that, and once they are accounted for, purge that queue"
        .formatted(shadow.dropped());
  }

  /** Null where nothing was lost: what was there once and is gone, so that copies are missing. */
  static @Nullable String gone(ShadowSettings shadow, ShadowLook look, Set<String> tags) {
    if (look.queue() == null) {
      boolean subscribed = look.topics().stream().anyMatch(t -> t.own() != null);
      if (!subscribed) return null;
      return "queue "
          + shadow.queue()
          + " was there before, as it has a subscription, and it is gone: what was in it and what"
          + " was published since is not copied; or it is there and these credentials may not see"
          + " it: then grant sqs:GetQueueUrl on it";
    }
    List<String> gone = new ArrayList<>();
    for (Topic t : look.topics()) {
      boolean before = tags.contains(CreateShadow.tag(t.topic()));
      if (before && t.own() == null) gone.add(t.topic().arn());
    }
    if (gone.isEmpty()) return null;
    return "queue %s was subscribed to %s before, and is no longer: what was published since is"
            .formatted(shadow.queue(), gone)
        + " not copied";
  }
}
