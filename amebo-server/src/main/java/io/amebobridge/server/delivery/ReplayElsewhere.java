package io.amebobridge.server.delivery;

import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.DeliveryRow.State;
import io.amebobridge.server.store.Fenced;
import io.amebobridge.server.store.LogEvent;
import io.amebobridge.server.store.RecordDeliveries;
import io.amebobridge.server.store.StoreException;
import io.amebobridge.server.store.UnchangedRow;
import io.vertx.core.Future;
import java.time.Duration;
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
    int attempt = before.attempts() + 1;
    return out.call(subscription, event, attempt)
        .compose(
            result -> {
              Replay replay = new Replay(result.status(), result.error());
              State state = state(subscription, before, attempt, result);
              return state == null
                  ? Future.succeededFuture(replay)
                  : record(before, row(before, state, attempt, result)).map(replay);
            });
  }

  private static @Nullable State state(
      Subscription subscription, DeliveryRow before, int attempt, CallResult result) {
    if (result.success()) {
      return State.DELIVERED;
    }
    return switch (before.state()) {
      case DELIVERED -> null; // it stays what it was
      case DEAD -> State.DEAD;
      case RETRYING, WAITING -> attempt > subscription.maxRetries() ? State.DEAD : State.RETRYING;
    };
  }

  private DeliveryRow row(DeliveryRow before, State state, int attempt, CallResult result) {
    long now = out.clock().millis();
    Duration own = backoff.after(attempt);
    Duration asked = result.retryAfter() == null ? own : result.retryAfter();
    long due = now + (asked.compareTo(own) > 0 ? asked : own).toMillis();
    return new DeliveryRow(
        before.subscription(),
        before.event(),
        state,
        attempt,
        state == State.RETRYING ? due : null,
        result.status(),
        result.error(),
        now,
        result.response());
  }

  private Future<Boolean> record(DeliveryRow before, DeliveryRow after) {
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
            out.writer().apply(new Fenced<>(new UnchangedRow(before), change)))
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
