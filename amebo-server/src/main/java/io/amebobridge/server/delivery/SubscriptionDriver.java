package io.amebobridge.server.delivery;

import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.DeliveryRow.State;
import io.amebobridge.server.store.Fence;
import io.amebobridge.server.store.LogEvent;
import io.amebobridge.server.store.OpenDelivery;
import io.amebobridge.server.store.ReplayRow;
import io.amebobridge.server.store.Resumption;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one subscription: begins what its backlog gives while its window and its endpoint let it,
 * and goes on at the right time. Everything but {@link #wake} and the gauges runs on one event
 * loop.
 */
final class SubscriptionDriver {
  static final int UNWRITTEN_WINDOWS = 4;
  private static final Logger log = LoggerFactory.getLogger(SubscriptionDriver.class);
  private static final long LONGEST_TIMER = Duration.ofDays(1).toMillis();

  private final Outbound out;
  private final Context context;
  private final Fence fence;
  private final Feed feed;
  private final Watermark watermark = new Watermark();
  private final Recorder recorder;
  private final Backlog backlog;
  private final CallsInFlight calls;
  private final DeadLetterLog dead;
  private final Outcomes outcomes;
  private final CallsByHand byHand;
  private final RunningReplay replays;
  private final CurrentEndpoint endpoint;
  private final Backoff backoff;
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Promise<Void> drained = Promise.promise();
  private final Gauges gauges;
  private Subscription subscription;
  private long timer = -1;
  private int failedReads;
  private boolean stopping;

  SubscriptionDriver(
      Outbound out, Context context, Subscription subscription, Resumption from, Fence fence) {
    this.out = out;
    this.context = context;
    this.fence = fence;
    this.subscription = subscription;
    this.backoff = out.backoff();
    this.gauges = new Gauges(from);
    this.endpoint = new CurrentEndpoint(out, this::wake);
    this.feed =
        new Feed(
            out.reads(),
            out.events(),
            out.registry(),
            subscription,
            from.cursor(),
            out.settings().page(),
            out.pages());
    this.recorder =
        new Recorder(
            out.vertx(),
            context,
            out.writer(),
            subscription.id(),
            fence,
            watermark,
            feed,
            this::pump,
            this::refused);
    this.calls = new CallsInFlight(out.settings().window());
    this.dead = new DeadLetterLog((millis, task) -> out.vertx().setTimer(millis, id -> task.run()));
    this.outcomes = new Outcomes(out, recorder, gauges, dead);
    this.backlog =
        new Backlog(
            out,
            subscription.id(),
            subscription.ordered(),
            from,
            feed,
            watermark,
            recorder,
            sleeper -> outcomes.sleeps(this.subscription, sleeper),
            calls::busy);
    this.byHand = new CallsByHand(out, backlog, calls, endpoint, outcomes, this::settled);
    this.replays = new RunningReplay(this::job, this::endIfDrained);
  }

  /** There may be something to do. From any thread; many calls become one. */
  void wake() {
    if (woken.compareAndSet(false, true)) {
      context.runOnContext(on -> pump());
    }
  }

  Gauges gauges() {
    return gauges;
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
    endpoint.leave();
    feed.close();
    recorder.end();
    endIfDrained();
    return drained.future();
  }

  /** Ends at once and writes nothing more: the subscription is another server's. */
  void abandon() {
    stopping = true;
    cancelTimer();
    endpoint.leave();
    boolean unused = replays.stop();
    feed.close();
    recorder.drop();
    dead.end();
    drained.tryComplete();
  }

  private void refused() {
    log.atWarn()
        .addKeyValue("subscription", subscription.id())
        .log("A subscription is driven by another server by now; it stops here");
    abandon();
    fence.refused();
  }

  /** Goes on with a replay of many. */
  void replayMany(ReplayRow row) {
    if (!stopping) {
      replays.take(row);
    }
  }

  private ReplayJob job(ReplayRow row) {
    return new ReplayJob(
        out,
        context,
        fence,
        row,
        () -> backlog.behind(out.clock().millis() - 1_000),
        this::dueAgain);
  }

  /** These were delivered or dead, and their rows say that they are due. */
  private void dueAgain(List<OpenDelivery> moved, State before) {
    gauges.moved(before, State.RETRYING, moved.size());
    moved.forEach(backlog::add);
    pump();
  }

  /** Starts what may start now, and sets the timer for what comes later. */
  private void pump() {
    woken.set(false);
    if (stopping) {
      endIfDrained();
      return;
    }
    long now = out.clock().millis();
    if (mayBegin()) {
      begin(now);
      backlog.read(this::readOn, this::readFailed);
    }
    observe(now);
    arm(now);
  }

  private void begin(long now) {
    Endpoint to = endpoint.of(subscription);
    while (hasRoom()) {
      if (to.down() && !backlog.ready(now)) {
        return; // who takes the probe's ticket and gives it back wakes all that were refused
      }
      Endpoint.Ticket ticket = to.enter(now);
      if (ticket == null) {
        return;
      }
      Backlog.Pick pick = backlog.next(now);
      if (pick == null) {
        to.unused(ticket);
        return;
      }
      begin(pick, ticket);
    }
  }

  private boolean mayBegin() {
    return fence.open() && !subscription.paused();
  }

  private boolean hasRoom() {
    return calls.hasRoom() && recorder.pending() < out.settings().window() * UNWRITTEN_WINDOWS;
  }

  private void readOn() {
    failedReads = 0;
    pump();
  }

  private void readFailed(Throwable failure) {
    log.atWarn()
        .addKeyValue("subscription", subscription.id())
        .setCause(failure)
        .log("Reading events to deliver failed; trying on");
    if (stopping) {
      endIfDrained();
      return;
    }
    out.vertx().setTimer(backoff.after(++failedReads).toMillis(), id -> pump());
  }

  private void begin(Backlog.Pick pick, Endpoint.Ticket ticket) {
    long event = pick.delivery().event();
    calls.began(event);
    // What has a row may have been replayed at another server meanwhile.
    boolean reread = out.registry().shared() && pick.delivery().due() > 0;
    if (pick.event() != null && !reread) {
      attempt(pick.delivery(), pick.event(), ticket);
      return;
    }
    out.reads()
        .executeBlocking(() -> RetryRead.of(out, subscription.id(), pick.delivery()), false)
        .onComplete(read -> read(pick.delivery(), ticket, read));
  }

  private void read(OpenDelivery delivery, Endpoint.Ticket ticket, AsyncResult<RetryRead> read) {
    long event = delivery.event();
    OpenDelivery now = read.succeeded() ? read.result().now() : delivery;
    boolean found = read.succeeded() && read.result().event().isPresent();
    boolean goesOn = !stopping && mayBegin();
    boolean due = now != null && now.due() <= out.clock().millis();
    if (goesOn && found && due) {
      attempt(now, read.result().event().get(), ticket);
      return;
    }
    ticket.endpoint().unused(ticket);
    if (goesOn && read.failed()) {
      park(delivery, read.cause());
      return;
    }
    calls.ended(event);
    if (!goesOn) {
      backlog.putBack(delivery); // after a restart its row, or the log, has it
      endIfDrained();
    } else if (now == null) {
      gauges.moved(delivery.state(), State.DELIVERED, 1); // by a replay at another server
      backlog.closed(delivery);
      pump();
    } else if (found) {
      backlog.add(now);
      pump();
    } else {
      settled(delivery, outcomes.gone(subscription, delivery));
    }
  }

  /** It could not be read: it stays busy, without a call, for a while. */
  private void park(OpenDelivery delivery, Throwable cause) {
    log.atWarn()
        .addKeyValue("subscription", subscription.id())
        .addKeyValue("event", delivery.event())
        .setCause(cause)
        .log("An event could not be read for its retry; trying on");
    calls.parked(delivery.event());
    long wait = backoff.after(++failedReads).toMillis();
    out.vertx()
        .setTimer(
            wait,
            id -> {
              calls.ended(delivery.event());
              backlog.putBack(delivery);
              pump();
            });
    pump();
  }

  private void attempt(OpenDelivery delivery, LogEvent event, Endpoint.Ticket ticket) {
    long call = calls.window().begin();
    out.call(subscription, event, delivery.attempts() + 1)
        .onSuccess(
            result -> {
              calls.ended(event.id());
              Verdict verdict =
                  outcomes.settle(
                      subscription, delivery, event, result, ticket, call, calls.window());
              settled(delivery, verdict);
            });
  }

  private void settled(OpenDelivery delivery, Verdict verdict) {
    Long due = verdict.due();
    if (due == null) {
      backlog.closed(delivery);
    } else {
      backlog.add(
          new OpenDelivery(
              delivery.event(), verdict.state(), verdict.attempts(), due, delivery.key()));
    }
    pump();
  }

  /** One attempt now, by hand, whatever the state; answers with a message where that cannot be. */
  Future<Replay> replay(LogEvent event, DeliveryRow before) {
    if (stopping || !mayBegin()) {
      return Future.succeededFuture(new Replay(null, "the subscription is paused or stopping"));
    }
    return byHand.call(subscription, event, before);
  }

  private void observe(long now) {
    Endpoint.State state = endpoint.of(subscription).state(now);
    if (state.down() != gauges.endpoint().down()) {
      out.metrics().breaker(subscription.id(), state.down());
    }
    gauges.observe(
        watermark.cursor(feed.position()), calls.window().size(), calls.inFlight(), state);
  }

  private void arm(long now) {
    cancelTimer();
    long due = hasRoom() && mayBegin() ? nextStart(now) : Long.MAX_VALUE;
    if (due != Long.MAX_VALUE) {
      long wait = Math.min(LONGEST_TIMER, Math.max(1, due - now));
      timer = out.vertx().setTimer(wait, id -> pump());
    }
  }

  /**
   * When time alone lets something begin; Long.MAX_VALUE where it does not. The end of a call, of a
   * write, of a read or of another's probe, and every commit, pump by themselves.
   */
  private long nextStart(long now) {
    long opens = endpoint.of(subscription).opensAt();
    if (opens == Long.MAX_VALUE) {
      return opens;
    }
    if (opens > now && backlog.hasNew()) {
      return opens;
    }
    return backlog.due() == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(backlog.due(), opens);
  }

  private void cancelTimer() {
    if (timer >= 0) {
      out.vertx().cancelTimer(timer);
      timer = -1;
    }
  }

  private void endIfDrained() {
    if (!stopping) {
      return; // paused perhaps: it goes on
    }
    if (!replays.stop() && calls.inFlight() == 0 && recorder.idle() && !backlog.reading()) {
      dead.end();
      drained.tryComplete();
    }
  }
}
