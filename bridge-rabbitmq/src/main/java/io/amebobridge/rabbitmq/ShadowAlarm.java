package io.amebobridge.rabbitmq;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once what a look at a shadow tells of losses that come or came. */
final class ShadowAlarm {
  private static final Logger LOG = LoggerFactory.getLogger(ShadowAlarm.class);

  private final String source;
  private final ShadowSettings shadow;
  private boolean saidHalf;
  private boolean saidFull;
  private boolean saidUnseen;
  private boolean withoutEvidence;
  private List<String> unbound = List.of();
  private long evidence;
  private long ready = -1;
  private long readyAt;
  private @Nullable Long headroom;
  private @Nullable String text;

  ShadowAlarm(String source, ShadowSettings shadow) {
    this.source = source;
    this.shadow = shadow;
  }

  /** What was said at open. */
  void known(long count) {
    evidence = count;
  }

  void see(ShadowLook look, long now) {
    boolean full = look.ready() >= shadow.maxLength() || look.bytes() >= shadow.maxLengthBytes();
    double fill =
        Math.max(
            (double) look.ready() / shadow.maxLength(),
            (double) look.bytes() / shadow.maxLengthBytes());
    sayFill(look, fill, full);
    sayUnseen(look.unseen());
    sayWithoutEvidence(look.evidence() < 0);
    if (look.evidence() > evidence) {
      LOG.error(
          "{}: {}; {}",
          source,
          ShadowLoss.evidence(shadow, look.evidence()),
          ShadowLoss.remedy(shadow));
    }
    List<String> lost = unbound(look);
    if (!lost.isEmpty() && !lost.equals(unbound)) LOG.error("{}: {}", source, ofUnbound(lost));
    if (look.evidence() >= 0) evidence = look.evidence();
    unbound = lost;
    headroom = full ? Long.valueOf(0) : headroom(look, now);
    ready = look.ready();
    readyAt = now;
    text = text(look, full);
  }

  /**
   * An exchange that comes back comes without its bindings, which AMQP does not tell: it counts as
   * gone until they are seen, or made again.
   */
  private List<String> unbound(ShadowLook look) {
    boolean unknown = look.bytes() < 0 && !shadow.continueAfterLoss();
    boolean wasGone = unbound.stream().anyMatch(u -> u.startsWith("exchange "));
    return look.unbound().isEmpty() && unknown && wasGone ? unbound : look.unbound();
  }

  private void sayUnseen(@Nullable String why) {
    if (why != null && !saidUnseen) {
      LOG.warn(
          "{}: the bytes in queue {} and its bindings can't be looked at: {}",
          source,
          shadow.queue(),
          why);
    }
    saidUnseen = why != null;
  }

  private void sayWithoutEvidence(boolean now) {
    if (now && !withoutEvidence) LOG.error("{}: {}", source, ofMissingEvidence());
    withoutEvidence = now;
  }

  private String ofMissingEvidence() {
    return "queue "
        + shadow.dropped()
        + " is gone: copies that are dropped unread leave no evidence; start the bridge again, which"
        + " declares it";
  }

  private void sayFill(ShadowLook look, double fill, boolean full) {
    if (full && !saidFull) LOG.error("{}: {}", source, atBound(look));
    else if (fill >= 0.5 && !saidHalf) {
      LOG.warn(
          "{}: queue {} is more than half full ({} of {} messages): at its bound the oldest are"
              + " dropped unread",
          source,
          shadow.queue(),
          look.ready(),
          shadow.maxLength());
    }
    // not at each message about the bound
    if (full || fill < 0.9) saidFull = full;
    if (fill >= 0.5 || fill < 0.4) saidHalf = fill >= 0.5;
  }

  private String atBound(ShadowLook look) {
    return "queue %s is at its bound (%d of %d messages): the oldest were or will be dropped unread"
        .formatted(shadow.queue(), look.ready(), shadow.maxLength());
  }

  private String ofUnbound(List<String> what) {
    String then =
        shadow.continueAfterLoss()
            ? "; they are bound again"
            : "; start the bridge again to bind them, or set lostMessages: continue";
    return "messages do not reach queue " + shadow.queue() + ": " + String.join(", ", what) + then;
  }

  private @Nullable String text(ShadowLook look, boolean full) {
    if (full) return atBound(look);
    if (!unbound.isEmpty()) return ofUnbound(unbound);
    if (withoutEvidence) return ofMissingEvidence();
    if (evidence == 0 || shadow.continueAfterLoss()) return null;
    return ShadowLoss.evidence(shadow, evidence) + "; " + ShadowLoss.remedy(shadow);
  }

  /** At the pace of the last interval; null: it does not fill. */
  private @Nullable Long headroom(ShadowLook look, long now) {
    long grown = look.ready() - ready;
    if (ready < 0 || grown <= 0) return null;
    double perSecond = grown / Math.max(1e-3, (now - readyAt) / 1e9);
    return (long) ((shadow.maxLength() - look.ready()) / perSecond);
  }

  /** Why somebody must act; null: nobody. */
  @Nullable String text() {
    return text;
  }

  /** Messages that wait; -1 until it was looked at. */
  long ready() {
    return ready;
  }

  @Nullable Long headroomSeconds() {
    return headroom;
  }
}
