package io.amebobridge.server.delivery;

import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.DeliveryRow.State;
import io.amebobridge.server.store.LogEvent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one subscription: takes events from its feed in the order of their ids, keeps a window of
 * calls in flight, records what happened, tries again what failed. Everything but {@link #wake} and
 * the gauges runs on one event loop.
 */
final class SubscriptionDriver {
  private static final Logger log = LoggerFactory.getLogger(SubscriptionDriver.class);
  private static final int MOST_RETRYING = 10_000;
  private static final int UNWRITTEN_WINDOWS = 4;
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);
  private static final long LATEST_MILLIS = Long.MAX_VALUE - 1; // the last is "never" for Retries
  private static final long LONGEST_TIMER = Duration.ofDays(1).toMillis();

  private final Outbound out;
  private final Context context;
  private final Feed feed;
  private final Watermark watermark = new Watermark();
  private final Recorder recorder;
  private final Retries retries = new Retries();
  private final Set<Long> onRecord = new HashSet<>();
  private final Set<Long> inFlight = new HashSet<>();
  private final Breaker breaker;
  private final Backoff backoff;
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Promise<Void> drained = Promise.promise();
  private Subscription subscription;
  private long timer = -1;
  private int failuresInARow;
  private boolean stopping;

  private volatile long cursor;
  private volatile int retrying;
  private final AtomicLong dead;

  /** Made with the rows it resumes from. */
  SubscriptionDriver(
      Outbound out, Context context, Subscription subscription, List<DeliveryRow> rows, long dead) {
    this.out = out;
    this.context = context;
    this.subscription = subscription;
    this.dead = new AtomicLong(dead);
    this.cursor = subscription.cursor();
    this.backoff = new Backoff(out.settings().backoffBase(), out.settings().backoffCap());
    this.breaker = new Breaker(out.settings().breakerThreshold(), backoff);
    this.feed =
        new Feed(
            out.reads(),
            out.events(),
            out.registry(),
            subscription.action(),
            subscription.cursor());
    this.recorder =
        new Recorder(
            out.vertx(), context, out.writer(), subscription.id(), watermark, feed, this::pump);
    rows.forEach(this::resume);
    this.retrying = retries.failed();
  }

  private void resume(DeliveryRow row) {
    if (row.event() > subscription.cursor()) {
      onRecord.add(row.event());
    }
    Long due = row.nextAttemptAt();
    if ((row.state() == State.RETRYING || row.state() == State.WAITING) && due != null) {
      retries.add(new Retries.Retry(row.event(), row.attempts(), due));
    }
  }

  /** There may be something to do. From any thread; many calls become one. */
  void wake() {
    if (woken.compareAndSet(false, true)) {
      context.runOnContext(on -> pump());
    }
  }

  long cursor() {
    return cursor;
  }

  int retrying() {
    return retrying;
  }

  long dead() {
    return dead.get();
  }

  Context context() {
    return context;
  }

  void changed(Subscription to) {
    subscription = to;
    pump();
  }

  /** Writes the cursor where it moved without deliveries, so that a restart reads less again. */
  void saveCursor() {
    if (!stopping) {
      recorder.saveCursor();
    }
  }

  /** Begins nothing more; the future succeeds when nothing is in flight or unwritten. */
  Future<Void> stop() {
    stopping = true;
    cancelTimer();
    recorder.end();
    endIfDrained();
    return drained.future();
  }

  /** Starts what may start now, and sets the timer for what comes later. */
  private void pump() {
    woken.set(false);
    if (stopping) {
      endIfDrained();
      return;
    }
    long now = out.clock().millis();
    while (admits(now)) {
      Retries.Retry retry = retries.poll(now);
      if (retry != null) {
        again(retry);
      } else if (!takeNext(now)) {
        break;
      }
    }
    observe();
    arm(now);
  }

  private boolean admits(long now) {
    return hasRoom() && breaker.admits(now, inFlight.size());
  }

  private boolean hasRoom() {
    int window = out.settings().window();
    return inFlight.size() < window && recorder.pending() < window * UNWRITTEN_WINDOWS;
  }

  /** Takes the next event from the log; false where there is none, or enough wait for a retry. */
  private boolean takeNext(long now) {
    if (retries.failed() >= MOST_RETRYING) {
      return false;
    }
    LogEvent event = feed.next();
    if (event == null) {
      if (feed.behind()) {
        feed.load().onComplete(loaded -> loaded(loaded.cause()));
      }
      return false;
    }
    if (onRecord.remove(event.id())) {
      return true; // it has its row from before the restart
    }
    Long sleepUntil = event.sleepUntil();
    // Whatever an old row says: what is taken must get its row, or the cursor stands still.
    long until = sleepUntil == null ? 0 : Math.min(sleepUntil, LATEST_MILLIS / 1000) * 1000;
    watermark.taken(event.id());
    if (until / 1000 > now / 1000) {
      sleep(event, until);
    } else {
      attempt(event, 1);
    }
    return true;
  }

  private void loaded(@Nullable Throwable failure) {
    if (failure == null || stopping) {
      pump();
    } else {
      log.warn("Reading events for subscription {} failed", subscription.id(), failure);
      out.vertx().setTimer(backoff.after(++failuresInARow).toMillis(), id -> pump());
    }
  }

  private void sleep(LogEvent event, long until) {
    retries.add(new Retries.Retry(event.id(), 0, until));
    record(event.id(), State.WAITING, 0, until, new CallResult(null, null, null));
  }

  private void again(Retries.Retry retry) {
    inFlight.add(retry.event());
    out.reads()
        .executeBlocking(() -> out.events().find(retry.event()), false)
        .onComplete(
            read -> {
              inFlight.remove(retry.event());
              if (stopping) {
                endIfDrained(); // its row says when it is due
              } else if (read.succeeded() && read.result().isPresent()) {
                attempt(read.result().get(), retry.attempts() + 1);
              } else {
                log.warn("Event {} could not be read for its retry", retry.event(), read.cause());
                long due = out.clock().millis() + backoff.after(retry.attempts()).toMillis();
                retries.add(new Retries.Retry(retry.event(), retry.attempts(), due));
                pump();
              }
            });
  }

  private void attempt(LogEvent event, int attempt) {
    inFlight.add(event.id());
    call(event, attempt)
        .onSuccess(
            result -> {
              inFlight.remove(event.id());
              settle(event, attempt, result);
              pump();
            });
  }

  private Future<CallResult> call(LogEvent event, int attempt) {
    return out.call(subscription, event, attempt);
  }

  private void settle(LogEvent event, int attempts, CallResult result) {
    long now = out.clock().millis();
    if (breaker.record(result, now)) {
      out.metrics().breaker(subscription.id(), breaker.open());
      log.warn(
          "Subscription {} of {}: the receiver {}",
          subscription.id(),
          subscription.application(),
          breaker.open() ? "is down, probing (" + result.error() + ")" : "is back");
    }
    if (result.success()) {
      failuresInARow = 0;
      out.metrics().delivered();
      record(event.id(), State.DELIVERED, attempts, null, result);
    } else if (attempts > subscription.maxRetries()) {
      out.metrics().dead();
      dead.incrementAndGet();
      report(event, attempts, result, "given up");
      record(event.id(), State.DEAD, attempts, null, result);
    } else {
      out.metrics().failedAttempt();
      report(event, attempts, result, "will be tried again");
      long due = now + delay(attempts, result).toMillis();
      retries.add(new Retries.Retry(event.id(), attempts, due));
      record(event.id(), State.RETRYING, attempts, due, result);
    }
  }

  private Duration delay(int attempts, CallResult result) {
    Duration own = backoff.after(attempts);
    Duration asked = result.retryAfter();
    if (asked == null || asked.compareTo(own) <= 0) {
      return own;
    }
    return asked.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : asked;
  }

  private void report(LogEvent event, int attempts, CallResult result, String next) {
    DeliveryLog.failed(failuresInARow++ == 0, subscription, event, attempts, result, next);
  }

  private void record(
      long event, State state, int attempts, @Nullable Long next, CallResult result) {
    recorder.add(
        new DeliveryRow(
            subscription.id(),
            event,
            state,
            attempts,
            next,
            result.status(),
            result.error(),
            out.clock().millis()));
    observe();
  }

  /**
   * One attempt now, whatever the state; fails with a message where the event is in flight already.
   */
  Future<Replay> replay(LogEvent event, DeliveryRow before) {
    if (stopping || !inFlight.add(event.id())) {
      return Future.succeededFuture(new Replay(null, "a call for this delivery is under way"));
    }
    Retries.Retry waiting = retries.take(event.id());
    int attempt = before.attempts() + 1;
    return call(event, attempt)
        .map(
            result -> {
              inFlight.remove(event.id());
              breaker.record(result, out.clock().millis());
              settleReplay(event, before, waiting, attempt, result);
              pump();
              return new Replay(result.status(), result.error());
            });
  }

  private void settleReplay(
      LogEvent event,
      DeliveryRow before,
      Retries.@Nullable Retry waiting,
      int attempt,
      CallResult result) {
    if (result.success()) {
      out.metrics().delivered();
      dead.addAndGet(before.state() == State.DEAD ? -1 : 0);
      record(before.event(), State.DELIVERED, attempt, null, result);
    } else if (waiting != null) {
      settle(event, attempt, result);
    } else if (before.state() == State.DEAD) {
      out.metrics().dead();
      record(before.event(), State.DEAD, attempt, null, result);
    }
  }

  private void observe() {
    cursor = watermark.cursor(feed.position());
    retrying = retries.failed();
  }

  private void arm(long now) {
    cancelTimer();
    long due = hasRoom() ? nextStart(now) : Long.MAX_VALUE;
    if (due != Long.MAX_VALUE) {
      long wait = Math.min(LONGEST_TIMER, Math.max(1, due - now));
      timer = out.vertx().setTimer(wait, id -> pump());
    }
  }

  /**
   * When time alone lets something begin; Long.MAX_VALUE where it does not. The end of a call, of a
   * write or of a read, and every commit, pump by themselves.
   */
  private long nextStart(long now) {
    if (!breaker.open()) {
      return retries.due();
    }
    if (!inFlight.isEmpty()) {
      return Long.MAX_VALUE; // the probe is out
    }
    long probe = breaker.openUntil();
    boolean more = retries.failed() < MOST_RETRYING && feed.hasMore();
    if (more && probe > now) {
      return probe;
    }
    return retries.due() == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(retries.due(), probe);
  }

  private void cancelTimer() {
    if (timer >= 0) {
      out.vertx().cancelTimer(timer);
      timer = -1;
    }
  }

  private void endIfDrained() {
    if (inFlight.isEmpty() && recorder.idle() && !feed.loading()) {
      drained.tryComplete();
    }
  }
}
