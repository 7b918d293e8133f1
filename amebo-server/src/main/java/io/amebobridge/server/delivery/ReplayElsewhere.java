package io.amebobridge.server.delivery;

import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.DeliveryRow.State;
import io.amebobridge.server.store.Fenced;
import io.amebobridge.server.store.LogEvent;
import io.amebobridge.server.store.OpenDelivery;
import io.amebobridge.server.store.RecordDeliveries;
import io.amebobridge.server.store.StoreException;
import io.amebobridge.server.store.UnchangedRow;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays a delivery of a subscription that another server drives. What came of it is written only
 * where the row is as it was; the driving server reads the row again before its next retry.
 * Thread-safe.
 */
final class ReplayElsewhere {
  private static final Logger log = LoggerFactory.getLogger(ReplayElsewhere.class);
  private final Outbound out;
  private final Backoff backoff;

  ReplayElsewhere(Outbound out) {
    this.out = out;
    this.backoff = new Backoff(out.settings().backoffBase(), out.settings().backoffCap());
  }

  Future<Replay> replay(Subscription subscription, LogEvent event, DeliveryRow before) {
    if (subscription.ordered() && event.key() != null) {
      // Only who drives it knows what else of its key is under way.
      return Future.succeededFuture(
          new Replay(null, "its subscription is ordered, and driven by another server; ask that"));
    }
    Context caller = out.vertx().getOrCreateContext();
    return out.call(subscription, event, before.attempts() + 1)
        .compose(
            result -> {
              Replay replay = new Replay(result.status(), result.error());
              long now = out.clock().millis();
              Verdict verdict = verdict(before, result, subscription.maxRetries(), backoff, now);
              if (verdict != null && verdict.state() != before.state()) {
                DeadLetterLog.byHand(subscription, event.id(), verdict, result);
              }
              return verdict == null
                  ? Future.succeededFuture(replay)
                  : record(before, row(before, verdict, result, now), caller).map(replay);
            });
  }

  /** Null where it stays what it was. */
  static @Nullable Verdict verdict(
      DeliveryRow before, CallResult result, int maxRetries, Backoff backoff, long now) {
    if (!result.success() && before.state() == State.DELIVERED) {
      return null;
    }
    if (!result.success() && before.state() == State.DEAD) {
      return new Verdict(State.DEAD, before.attempts() + 1, null);
    }
    Long dueBefore = before.nextAttemptAt();
    OpenDelivery open =
        new OpenDelivery(before.event(), before.state(), before.attempts(), now, null);
    Verdict verdict = Verdict.of(open, result, false, 0, maxRetries, backoff, now);
    Long due = verdict.due();
    // Never earlier than it was: its driver has read up to some time, and does not look back.
    return due == null || dueBefore == null
        ? verdict
        : new Verdict(verdict.state(), verdict.attempts(), Math.max(dueBefore, due));
  }

  private static DeliveryRow row(DeliveryRow before, Verdict verdict, CallResult result, long now) {
    return new DeliveryRow(
        before.subscription(),
        before.event(),
        verdict.state(),
        verdict.attempts(),
        verdict.due(),
        result.status(),
        result.error(),
        now,
        result.response());
  }

  private Future<Boolean> record(DeliveryRow before, DeliveryRow after, Context caller) {
    switch (after.state()) {
      case DELIVERED -> out.metrics().delivered();
      case DEAD -> out.metrics().dead();
      case RETRYING, WAITING -> out.metrics().failedAttempt();
    }
    RecordDeliveries change =
        new RecordDeliveries(
            before.subscription(),
            List.of(after),
            RecordDeliveries.UNMOVED,
            RecordDeliveries.UNMOVED);
    return Future.fromCompletionStage(
            out.writer().apply(new Fenced<>(new UnchangedRow(before), change)), caller)
        .map(true)
        .recover(
            cause -> {
              if (!(cause instanceof StoreException.LeaseLost)) {
                return Future.failedFuture(cause);
              }
              log.atDebug()
                  .addKeyValue("delivery", before.id())
                  .log("A delivery went on while it was replayed");
              return Future.succeededFuture(false);
            });
  }
}
