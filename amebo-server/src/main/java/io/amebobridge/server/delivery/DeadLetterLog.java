package io.amebobridge.server.delivery;

import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.store.DeliveryRow.State;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of a subscription's dead letters: of the first at once, of those that follow together, in
 * one line each minute, so that none goes unseen and none floods the log. Confined to one event
 * loop.
 */
final class DeadLetterLog {
  static final long EVERY_MILLIS = Duration.ofMinutes(1).toMillis();
  private static final Logger log = LoggerFactory.getLogger(DeadLetterLog.class);

  /** Runs a task later, on the same event loop. */
  interface Later {
    void in(long millis, Runnable task);
  }

  private record Letter(
      long subscription, String application, long event, int attempts, CallResult result) {}

  private final Later later;
  private @Nullable Letter last;
  private int untold;
  private boolean waiting;

  DeadLetterLog(Later later) {
    this.later = later;
  }

  void died(Subscription subscription, long event, int attempts, CallResult result) {
    last = new Letter(subscription.id(), subscription.application(), event, attempts, result);
    untold++;
    if (!waiting) {
      tell();
      await();
    }
  }

  /** Tells of what is left; nothing more will follow. */
  void end() {
    tell();
  }

  private void await() {
    waiting = true;
    later.in(EVERY_MILLIS, this::look);
  }

  private void look() {
    waiting = false;
    if (untold > 0) {
      tell();
      await();
    }
  }

  /** Tells of what a call by hand has given up at a server that does not drive it. */
  static void byHand(Subscription subscription, long event, Verdict verdict, CallResult result) {
    if (verdict.state() == State.DEAD) {
      tell(
          new Letter(
              subscription.id(), subscription.application(), event, verdict.attempts(), result),
          1);
    }
  }

  private void tell() {
    if (last != null) {
      tell(last, untold);
      last = null;
      untold = 0;
    }
  }

  private static void tell(Letter letter, int count) {
    log.atWarn()
        .addKeyValue("subscription", letter.subscription)
        .addKeyValue("application", letter.application)
        .addKeyValue("count", count)
        .addKeyValue("event", letter.event)
        .addKeyValue("attempts", letter.attempts)
        .addKeyValue("status", letter.result.status())
        .addKeyValue("error", letter.result.error())
        .log("Deliveries were given up and are dead letters; the last is named");
  }
}
