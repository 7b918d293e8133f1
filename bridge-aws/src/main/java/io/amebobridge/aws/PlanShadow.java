package io.amebobridge.aws;

import io.amebobridge.aws.ShadowLook.Topic;
import io.amebobridge.core.SourceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at what there is of a shadow and refuses what can't be one; creates nothing. */
final class PlanShadow {
  private final ShadowSettings shadow;
  private final ShadowApi api;

  PlanShadow(ShadowSettings shadow, ShadowApi api) {
    this.shadow = shadow;
    this.api = api;
  }

  /**
   * Waits for AWS.
   *
   * @throws SourceException where what is there differs, or something is missing without the
   *     consent to create it
   */
  ShadowPlan make() throws SourceException, InterruptedException {
    ShadowLook look = api.look();
    String arn = api.queueArn(look.original().arn());
    boolean ask = shadow.create() && look.queue() != null; // without consent it is refused anyway
    Set<String> tags = ask ? api.tags(look.queue()) : Set.of();
    List<String> warnings = new ArrayList<>();
    for (Topic t : look.topics()) judge(t, arn, warnings);
    String gone = gone(look, tags);
    evidence(new ShadowPlan(shadow, look, arn, tags, gone, List.of()), warnings);
    ShadowPlan plan = new ShadowPlan(shadow, look, arn, tags, gone, warnings);
    List<String> differences = CompareShadow.differences(plan);
    if (!differences.isEmpty()) throw differs(differences);
    if (gone != null && !shadow.continueAfterLoss()) throw lost(gone);
    if (!plan.isComplete() && !shadow.create()) throw unconsented(plan);
    return plan;
  }

  private @Nullable String gone(ShadowLook look, Set<String> tags) {
    String gone = CompareShadow.gone(shadow, look, tags);
    String undelivered = CompareShadow.undelivered(shadow, look);
    if (undelivered == null) return gone;
    String missing = "queue " + shadow.queue() + " has not got all copies: " + undelivered;
    return gone == null ? missing : gone + "; and " + missing;
  }

  /** Where what SNS drops would not be known, or was not. */
  private void evidence(ShadowPlan plan, List<String> warnings) {
    for (Topic t : plan.look().topics()) {
      if (!plan.isEvident(t.topic())) {
        warnings.add(
            "copies of topic "
                + t.topic()
                + " that SNS can't deliver to queue "
                + shadow.queue()
                + " ("
                + (shadow.kmsKey() == null ? "" : "its key may be disabled or not let SNS use it, ")
                + "its policy may be another for a while) vanish without a word: "
                + (shadow.dropped() == null
                    ? "shadow.dropped is none"
                    : "SNS keeps them only where topic and queue are in one region"));
      }
      boolean before = t.own() != null && t.own().droppedArn().endsWith(":" + shadow.dropped());
      if (before && plan.droppedIsMissing()) {
        warnings.add(
            "queue "
                + shadow.dropped()
                + " was there before and is gone: whether SNS dropped copies of topic "
                + t.topic()
                + " since can't be said; compare with what the application had");
      }
    }
  }

  private void judge(Topic topic, String arn, List<String> warnings) throws SourceException {
    if (!topic.isThere()) {
      throw refused(
          "there is no topic " + topic.topic() + "; correct it (the bridge creates no topics)");
    }
    if (!arn.contains(":" + topic.topic().region() + ":")) {
      warnings.add(
          "topic "
              + topic.topic()
              + " is in another region; if that is one which accounts opt in to, SNS sends as"
              + " sns.<region>.amazonaws.com, which the policy of queue "
              + shadow.queue()
              + " does not allow");
    }
    if (topic.original() == null) {
      String none =
          "queue %s has no subscription to topic %s".formatted(shadow.original(), topic.topic());
      if (topic.wanted() == null) {
        throw refused(
            none
                + ", whose filter policy is to be copied; correct the topic, or write filterPolicy"
                + " (none: all messages)");
      }
      warnings.add(none + ": the shadow gets what that queue does not");
      return;
    }
    FilterPolicy theirs = topic.original().filter();
    FilterPolicy wanted = topic.wanted();
    if (wanted != null && !wanted.isSameAs(theirs)) {
      warnings.add(
          "of topic %s, queue %s gets other messages than the shadow: it has %s"
              .formatted(topic.topic(), shadow.original(), theirs));
    }
    if (topic.original().isRaw()) warnings.add(rawDelivery(topic));
  }

  private String rawDelivery(Topic topic) {
    return "the subscription of queue "
        + shadow.original()
        + " to topic "
        + topic.topic()
        + " has raw delivery: its messages are without SNS's MessageId, by which the shadow's are"
        + " known. So after the shadow, read: takeover of that queue would store again what Amebo"
        + " has already; before the takeover, stop the publishers or empty the queue (see"
        + " docs/operations.md, Ending an SQS shadow)";
  }

  private SourceException refused(String what) {
    return SourceException.permanent(shadow.place() + ": " + what, null);
  }

  private SourceException differs(List<String> how) {
    return refused(
        "queue "
            + shadow.queue()
            + " is there and differs: "
            + String.join("; ", how)
            + "; the bridge changes nothing that is there");
  }

  private SourceException lost(String what) {
    return refused(
        what
            + "; find out why and compare with what the application had, then set "
            + shadow.place()
            + ".lostMessages: continue for this start");
  }

  private SourceException unconsented(ShadowPlan plan) {
    List<String> lines = new ArrayList<>();
    lines.add(
        shadow.place()
            + ": not all of the shadow is there, or may be seen (sqs:GetQueueUrl), and the bridge creates nothing unless the config"
            + " says "
            + shadow.place()
            + ".create: true; or create it by hand:");
    lines.addAll(ShadowCommands.create(plan));
    lines.add("the bridge itself needs: " + ShadowCommands.permissions(plan));
    return SourceException.permanent(String.join("\n", lines), null);
  }
}
