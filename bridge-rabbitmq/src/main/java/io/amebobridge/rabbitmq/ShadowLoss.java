package io.amebobridge.rabbitmq;

import org.jspecify.annotations.Nullable;

/**
 * What a plan tells of copies that were lost before it was made.
 *
 * @param remedy what somebody should do about it
 */
record ShadowLoss(String what, String remedy) {
  /** Null: nothing. */
  static @Nullable ShadowLoss of(ShadowPlan plan) {
    ShadowSettings shadow = plan.shadow();
    boolean deleted = plan.queue() == ShadowPlan.State.MISSING && plan.wasThere();
    if (deleted) {
      return new ShadowLoss(
          "queue "
              + shadow.queue()
              + " was declared before, as queue "
              + shadow.dropped()
              + " is there, and it is gone: what was in it and what was published since was not"
              + " copied",
          "delete queue " + shadow.dropped() + " by hand to begin anew");
    }
    if (plan.evidence() > 0) {
      return new ShadowLoss(evidence(shadow, plan.evidence()), remedy(shadow));
    }
    boolean evident = shadow.dropped() != null && plan.dropped() == ShadowPlan.State.SAME;
    if (!evident && plan.ready() >= shadow.maxLength()) {
      return new ShadowLoss(
          "queue "
              + shadow.queue()
              + " is at its bound of "
              + shadow.maxLength()
              + " messages: older ones may have been dropped unread",
          "compare what the application had");
    }
    return null;
  }

  static String evidence(ShadowSettings shadow, long count) {
    String many = count >= ShadowSettings.EVIDENCE ? count + " or more" : String.valueOf(count);
    return many
        + " copies were dropped from queue "
        + shadow.queue()
        + " unread (its bound, or the messages' own expiration); queue "
        + shadow.dropped()
        + " has the last of them";
  }

  static String remedy(ShadowSettings shadow) {
    return "look at them, then purge queue " + shadow.dropped() + " by hand";
  }
}
