package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Connection;
import io.amebobridge.core.LaneStatus;
import io.amebobridge.core.SourceException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bridge's own queue while it is read: declared at open where it is missing, then looked at now
 * and then, without ever waiting, for what would be lost. Confined to the pump's thread.
 */
final class ShadowQueue {
  private static final Logger LOG = LoggerFactory.getLogger(ShadowQueue.class);

  private final RabbitSettings settings;
  private final ShadowSettings shadow;
  private final ShadowErrors errors;
  private final ShadowAlarm alarm;
  private final Retry unseen;
  private @Nullable Management management;
  private @Nullable CompletableFuture<ShadowLook> looking;
  private long lookedAt;

  ShadowQueue(RabbitSettings settings, ShadowSettings shadow) {
    this.settings = settings;
    this.shadow = shadow;
    errors = new ShadowErrors(settings, shadow);
    alarm = new ShadowAlarm(settings.name(), shadow);
    unseen = new Retry(LOG, settings.name() + ": queue " + shadow.queue() + " can't be looked at");
  }

  /** Waits for the broker. */
  void open(Connection connection) throws SourceException, InterruptedException {
    ManagementSettings api = settings.management();
    management = api == null ? null : new Management(api);
    try {
      ShadowPlan plan =
          Background.call("shadow-" + settings.name(), () -> declare(connection)).get();
      alarm.known(plan.evidence());
    } catch (ExecutionException e) {
      throw errors.of(e);
    }
    lookedAt = System.nanoTime() - shadow.watchInterval().toNanos();
  }

  private ShadowPlan declare(Connection connection) throws Exception {
    ShadowPlan plan = new PlanShadow(settings, shadow, connection, management).make();
    plan.warnings().forEach(w -> LOG.warn("{}: {}", settings.name(), w));
    ShadowLoss loss = ShadowLoss.of(plan);
    if (loss != null) {
      if (!shadow.continueAfterLoss()) throw errors.lost(loss.what(), loss.remedy());
      LOG.error("{}: {}; goes on, as lostMessages says so", settings.name(), loss.what());
    }
    sayMissing(plan);
    DeclareShadow.missing(connection, settings.name(), plan);
    return plan;
  }

  /** What the queue was without. */
  private void sayMissing(ShadowPlan plan) {
    List<String> missing =
        plan.bindings().stream()
            .filter(b -> b.state() == ShadowPlan.State.MISSING)
            .map(b -> String.valueOf(b.binding()))
            .toList();
    if (plan.queue() == ShadowPlan.State.MISSING) return;
    if (plan.dropped() == ShadowPlan.State.MISSING) {
      LOG.error(
          "{}: queue {} was not there, and is declared now: copies that were dropped before have"
              + " left no evidence",
          settings.name(),
          shadow.dropped());
    }
    if (missing.isEmpty()) return;
    LOG.error(
        "{}: queue {} was not bound to {}, and is now: what was published before by that was not"
            + " copied",
        settings.name(),
        shadow.queue(),
        missing);
  }

  /** Goes on with it; null: there is no connection now. */
  void step(@Nullable Connection connection) {
    if (looking != null && looking.isDone()) {
      CompletableFuture<ShadowLook> done = looking;
      looking = null;
      see(done);
    }
    long now = System.nanoTime();
    boolean due = now - lookedAt >= shadow.watchInterval().toNanos();
    if (connection == null || looking != null || !due) return;
    lookedAt = now;
    Management api = management;
    looking =
        Background.call(
            "look-" + settings.name(), () -> ShadowLook.at(connection, api, settings, shadow));
  }

  private void see(CompletableFuture<ShadowLook> done) {
    try {
      alarm.see(done.join(), System.nanoTime());
      unseen.over();
    } catch (CompletionException e) {
      unseen.failed(String.valueOf(errors.of(e).getMessage()));
    }
  }

  /** What must be decided by somebody, for people; null: nothing. */
  @Nullable String away() {
    return alarm.text();
  }

  /** Counted from the queue's head, as RabbitMQ has no positions. */
  LaneStatus lane(int unsettled) {
    long ready = alarm.ready();
    return new LaneStatus(
        shadow.original(),
        -1,
        ready < 0 ? -1 : 0,
        ready < 0 ? -1 : ready + unsettled,
        Map.of("queue", shadow.original()),
        alarm.headroomSeconds());
  }
}
