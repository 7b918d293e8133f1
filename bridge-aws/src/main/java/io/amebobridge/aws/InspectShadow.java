package io.amebobridge.aws;

import io.amebobridge.aws.ShadowLook.Queue;
import io.amebobridge.core.SourceException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Says what a shadow would create, and how its copies would differ; creates nothing. */
final class InspectShadow {
  private final ShadowSettings shadow;
  private final ShadowApi api;
  private final List<String> facts;
  private final List<String> warnings;

  InspectShadow(ShadowSettings shadow, ShadowApi api, List<String> facts, List<String> warnings) {
    this.shadow = shadow;
    this.api = api;
    this.facts = facts;
    this.warnings = warnings;
  }

  /** Waits for AWS. */
  ShadowPlan look() throws SourceException, InterruptedException {
    ShadowPlan plan = new PlanShadow(shadow, api).make();
    facts.add(
        "reads copies (read: shadow); queue "
            + shadow.original()
            + " keeps its messages, consumers and subscriptions");
    facts.addAll(plan.lines());
    facts.add("the bridge itself needs: " + ShadowCommands.permissions(plan));
    if (shadow.kmsKey() != null) {
      facts.add("the policy of the key needs: " + ShadowCommands.keyStatement(plan));
    }
    if (shadow.create() && (plan.queueIsMissing() || !plan.unsubscribed().isEmpty())) {
      facts.add("copies begin when run has created it; SNS takes up to 15 minutes for a policy");
    }
    depth(shadow.queue(), plan.look().queue(), "");
    if (shadow.dropped() != null) depth(shadow.dropped(), plan.look().dropped(), "");
    depth(shadow.original().name(), plan.look().original(), "; it is not touched");
    warnings.addAll(plan.warnings());
    if (plan.gone() != null) warnings.add(plan.gone());
    compare(plan.look().original());
    return plan;
  }

  private void depth(String name, @Nullable Queue queue, String more) {
    if (queue == null) return;
    facts.add(
        "queue %s: about %d messages wait, %d are in flight%s"
            .formatted(
                name,
                queue.number("ApproximateNumberOfMessages"),
                queue.number("ApproximateNumberOfMessagesNotVisible"),
                more));
  }

  /** Where the application's queue has something else than the shadow will have. */
  private void compare(Queue original) throws InterruptedException {
    warnings.add(
        "what is sent to queue "
            + shadow.original()
            + " itself, not by a topic, is not copied, nor what is in it already");
    if (original.number("DelaySeconds") > 0) {
      warnings.add(
          "queue %s gives messages after %d seconds, the shadow at once"
              .formatted(shadow.original(), original.number("DelaySeconds")));
    }
    String key = original.attributes().getOrDefault("KmsMasterKeyId", "");
    if (!key.isBlank() && !key.equals(shadow.kmsKey())) {
      warnings.add(
          "queue %s is encrypted with %s, its copies are not (shadow.kmsKey)"
              .formatted(shadow.original(), key));
    }
    try {
      Set<String> others = new TreeSet<>(api.topicsOf(original.arn()));
      others.removeAll(shadow.arns());
      for (String topic : others) {
        warnings.add(
            "queue %s is subscribed to topic %s too, and the shadow is not: that is not copied"
                .formatted(shadow.original(), topic));
      }
    } catch (SourceException e) {
      warnings.add(
          "whether queue "
              + shadow.original()
              + " has further topics can't be seen: "
              + e.getMessage());
    }
  }
}
