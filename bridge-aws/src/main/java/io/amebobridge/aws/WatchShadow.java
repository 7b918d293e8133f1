package io.amebobridge.aws;

import io.amebobridge.core.Causes;
import io.amebobridge.core.SourceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bridge's own queue while it is read: created at open where something is missing and the
 * config consents, then looked at now and then, without ever waiting, for what would be lost.
 * Confined to the pump's thread.
 */
final class WatchShadow {
  private static final Logger LOG = LoggerFactory.getLogger(WatchShadow.class);

  /** AWS may answer with what was: a change counts that is seen twice. */
  private static final long SOON = TimeUnit.SECONDS.toNanos(5);

  /** So many looks in a row that see nothing are more than a hiccup. */
  private static final int SURE = 2;

  private final String source;
  private final ShadowSettings shadow;
  private final ShadowApi api;
  private final SqsCalls calls;
  private final Trouble unseen;
  private boolean looking;
  private long lookedAt;
  private long pause;
  private List<String> changes = List.of();
  private List<String> suspected = List.of();
  private int blind;
  private @Nullable String whyBlind;
  private @Nullable SourceException stopped;
  private @Nullable CreatedQueue created;
  private ShadowLook.@Nullable Queue original;

  WatchShadow(String source, ShadowSettings shadow, ShadowApi api, SqsCalls calls) {
    this.source = source;
    this.shadow = shadow;
    this.api = api;
    this.calls = calls;
    unseen =
        new Trouble(LOG, source + ": whether queue " + shadow.queue() + " still gets all copies");
  }

  /** Waits for AWS. */
  void open() throws SourceException, InterruptedException {
    ShadowPlan plan = new PlanShadow(shadow, api).make();
    plan.warnings().forEach(w -> LOG.warn("{}: {}", source, w));
    if (plan.gone() != null) {
      LOG.error("{}: {}; goes on, as lostMessages says so", source, plan.gone());
    }
    original = plan.look().original();
    if (shadow.create()) created = new CreateShadow(source, api).missing(plan).orElse(null);
    lookedAt = System.nanoTime();
    pause = shadow.watchInterval().toNanos();
  }

  /** The shadow, where it was created at open; else null. */
  @Nullable CreatedQueue created() {
    return created;
  }

  /**
   * Goes on with it.
   *
   * @throws SourceException where copies are missing, unless the config says to go on
   */
  void step() throws SourceException {
    if (stopped != null) throw stopped;
    long now = System.nanoTime();
    if (looking || now - lookedAt < pause) return;
    ShadowLook.Queue before = Objects.requireNonNull(original, "not open");
    looking = true;
    calls.<List<String>>call(
        () -> changes(api.look(before)),
        (found, failure) -> {
          looking = false;
          lookedAt = System.nanoTime();
          if (found != null) see(found);
          else if (failure != null) unseen(failure);
        });
  }

  private List<String> changes(ShadowLook look) {
    ShadowPlan plan =
        new ShadowPlan(
            shadow, look, api.queueArn(look.original().arn()), Set.of(), null, List.of());
    List<String> all = new ArrayList<>(CompareShadow.missing(plan));
    all.addAll(CompareShadow.differences(plan));
    return all;
  }

  private void see(List<String> found) {
    unseen.over();
    blind = 0;
    boolean isNew = !found.equals(changes);
    boolean isSure = found.isEmpty() || found.equals(suspected);
    suspected = found;
    long interval = shadow.watchInterval().toNanos();
    pause = isNew && !isSure ? Math.min(interval, SOON) : interval;
    if (!isNew || !isSure) return;
    changes = found;
    if (found.isEmpty()) {
      LOG.info("{}: queue {} is again what it was; what it did not get is missing", source, shadow);
      return;
    }
    LOG.error("{}: {}", source, text());
    if (shadow.continueAfterLoss()) return;
    stopped =
        SourceException.permanent(
            shadow.place()
                + ": "
                + text()
                + "; mend it and compare with what the application had, then start again (or set "
                + shadow.place()
                + ".lostMessages: continue); what is in the queue waits",
            null);
  }

  private void unseen(Throwable failure) {
    Throwable cause = Causes.unwrap(failure);
    blind++;
    whyBlind = cause.getMessage();
    long interval = shadow.watchInterval().toNanos();
    pause = blind == 1 ? Math.min(interval, SOON) : interval;
    unseen.failed(
        cause instanceof SourceException e && !e.temporary()
            ? AwsErrors.Kind.REFUSED
            : AwsErrors.Kind.NETWORK,
        "can't be seen: " + cause.getMessage());
  }

  private String text() {
    return "queue "
        + shadow.queue()
        + " may not get what queue "
        + shadow.original()
        + " gets: "
        + String.join("; ", changes);
  }

  /** What must be decided by somebody, for people; null: nothing. */
  @Nullable String away() {
    if (!changes.isEmpty()) return text();
    if (blind < SURE) return null;
    return "whether queue "
        + shadow.queue()
        + " still gets all copies can't be seen: "
        + whyBlind
        + "; until then copies may be missing without a word";
  }
}
