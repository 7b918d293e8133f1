package io.amebobridge.core.pump;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.Message;
import io.amebobridge.core.MessageSink;
import io.amebobridge.core.MessageSource;
import io.amebobridge.core.Router;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SourceException;
import io.amebobridge.core.deadletter.DeadLetter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open source and its duty cycle: take results, send, poll, route. All on one thread; only the
 * completion queue is shared (rule 1). {@link RunPump} opens, reopens and closes it.
 */
final class Pump implements MessageSource.RevocationHandler {
  private static final Logger log = LoggerFactory.getLogger(Pump.class);

  /** Rule 2: the source is polled at least this often. */
  private static final long DUTY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** Bound the work between two looks at the completions and two polls. */
  private static final int POLL_LIMIT = 2000;

  private static final long ROUTE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final MessageSource source;
  private final Router router;
  private final MessageSink sink;
  private final PumpSettings settings;
  private final LongSupplier nanos;
  private final InstantSource clock;
  private final Tally tally;
  private final DeadLetterDesk desk;
  private final Unrouted unrouted = new Unrouted();
  private final Lanes lanes = new Lanes();
  private final BlockingQueue<Batch.Done> completions = new LinkedBlockingQueue<>();
  private final List<Delivery> finished = new ArrayList<>();
  private int underWay;
  private long inFlightBytes;
  private long lastSend;
  private long nextPublish;
  private int failures;

  /** Why the credentials are of no use; the pump must stop. */
  private @Nullable String denied;

  /** Nothing more is expected of what is still under way. */
  private boolean drained;

  /** Why Amebo does not take messages now. */
  private @Nullable String away;

  /** Set while the pump may be blocked in a poll, so that results wake it. */
  private volatile boolean polling;

  Pump(
      MessageSource source,
      Router router,
      PumpParts parts,
      PumpSettings settings,
      PumpClock clock,
      Tally tally) {
    this.source = source;
    this.router = router;
    this.sink = parts.sink();
    this.settings = settings;
    this.nanos = clock.nanos();
    this.clock = clock.instants();
    this.tally = tally;
    this.desk = new DeadLetterDesk(parts.deadLetters(), settings, tally);
  }

  /** One turn: at most 100 ms if there is nothing to do. */
  void cycle() throws SourceException, PumpStopped, InterruptedException {
    takeResults();
    stopIfMust();
    sendReady();
    settleFinished();
    poll(unrouted.isEmpty() ? capacity() : 0, waitNanos());
    route();
    stopIfMust();
    if (nanos.getAsLong() - nextPublish >= 0) publish();
  }

  /** Nothing is half done here, so that whatever is finished can still be settled. */
  private void stopIfMust() throws PumpStopped {
    if (denied != null) {
      throw new PumpStopped(
          denied + ". Nothing was dead-lettered; correct what is denied and start again");
    }
    String refusal = desk.refusal();
    if (refusal != null) throw new PumpStopped(refusal);
  }

  private int capacity() {
    if (inFlightBytes >= settings.maxInFlightBytes()) return 0;
    return (int) Math.max(0, Math.min(POLL_LIMIT, settings.maxInFlight() - tally.inFlight()));
  }

  private void poll(int max, long waitNanos) throws SourceException, InterruptedException {
    if (max == 0) {
      receive(source.poll(0, Duration.ZERO));
      awaitResult(waitNanos);
      return;
    }
    polling = true;
    // A result that came before the flag was up has woken nobody.
    Duration wait = completions.isEmpty() ? Duration.ofNanos(waitNanos) : Duration.ZERO;
    try {
      receive(source.poll(max, wait));
    } finally {
      polling = false;
    }
  }

  private void receive(List<Delivery> deliveries) {
    tally.received(deliveries.size());
    for (Delivery d : deliveries) inFlightBytes += d.message().size();
    unrouted.add(deliveries);
  }

  private void route() {
    long start = nanos.getAsLong();
    for (Delivery d = unrouted.next(); d != null; d = unrouted.next()) {
      if (source.owns(d)) route(d);
      else abandoned(1, d.message().size());
      if (nanos.getAsLong() - start > ROUTE_NANOS) return;
    }
  }

  private void route(Delivery delivery) {
    Router.Routing routing = router.route(delivery.message());
    if (routing instanceof Router.Mapped mapped) {
      Item item = new Item(delivery, mapped.route(), mapped.messages());
      inFlightBytes += item.addedBytes;
      lanes.add(item);
    } else if (routing instanceof Router.Filtered filtered) {
      tally.filtered(filtered.rule());
      finished(delivery);
    } else if (routing instanceof Router.Failed failed) {
      letter(delivery, failed.route(), DeadLetter.Stage.MAPPING, failed.reason(), List.of());
    }
  }

  /** To be settled. */
  private void finished(Delivery delivery) {
    inFlightBytes -= delivery.message().size();
    finished.add(delivery);
  }

  private void abandoned(int count, long bytes) {
    tally.abandoned(count);
    inFlightBytes -= bytes;
  }

  private void letter(
      Delivery delivery,
      String route,
      DeadLetter.Stage stage,
      String reason,
      List<Message> rendered) {
    Message message = delivery.message();
    log.debug("{} goes to the dead letters: {}", message.origin().where(), reason);
    desk.add(delivery, new DeadLetter(clock.instant(), message, route, stage, reason, rendered));
  }

  private void sendReady() {
    long now = nanos.getAsLong();
    while (underWay < settings.batchesInFlight() && lanes.anyReady(now) && !lingering(now)) {
      Batch batch = lanes.next(settings, now, this::ownedOrAbandoned);
      if (batch == null) return;
      send(batch);
      lastSend = now;
    }
  }

  /** With nothing under way a batch goes at once; else one that is not full waits for more. */
  private boolean lingering(long now) {
    return underWay > 0
        && lanes.waitingEvents() < settings.batchEvents()
        && now - lastSend < settings.linger().toNanos();
  }

  private boolean ownedOrAbandoned(Item item) {
    if (source.owns(item.delivery)) return true;
    abandoned(1, item.bytes);
    return false;
  }

  private void send(Batch batch) {
    underWay++;
    CompletionStage<List<SendResult>> stage;
    try {
      stage = sink.send(batch.messages());
    } catch (RuntimeException e) {
      completions.add(new Batch.Done(batch, null, e));
      return;
    }
    var unused =
        stage.whenComplete(
            (results, failure) -> {
              completions.add(new Batch.Done(batch, results, failure));
              if (polling) source.wakeup();
            });
  }

  private void takeResults() {
    for (Batch.Done d = completions.poll(); d != null; d = completions.poll()) take(d);
    flushLetters();
  }

  private void flushLetters() {
    desk.flush(nanos.getAsLong()).forEach(this::finished);
  }

  private void awaitResult(long waitNanos) throws InterruptedException {
    Batch.Done done = completions.poll(waitNanos, TimeUnit.NANOSECONDS);
    if (done != null) take(done);
  }

  private void take(Batch.Done done) {
    underWay--;
    List<SendResult> results = done.results();
    BatchResult read = BatchResult.read(done);
    if (read.failure() != null) failed(read.failure());
    else if (failures > 0) recovered();
    long delay = settings.backoff().delayNanos(attempts(done.batch()), read.retryAfter());
    long notBefore = nanos.getAsLong() + delay;
    int from = 0;
    for (var entry : done.batch().lanes.entrySet()) {
      Lane lane = entry.getKey();
      List<Item> unfinished = new ArrayList<>();
      for (Item item : entry.getValue()) {
        int to = from + item.unsent().size();
        if (results != null && read.complete()) item.take(results.subList(from, to));
        from = to;
        if (item.finished()) finish(item);
        else unfinished.add(item);
      }
      lane.attempt = unfinished.isEmpty() ? 0 : lane.attempt + 1;
      if (unfinished.isEmpty()) lanes.release(lane, unfinished);
      else lanes.delay(lane, unfinished, notBefore);
    }
    if (read.denied() != null) denied = read.denied();
  }

  private static int attempts(Batch batch) {
    return batch.lanes.keySet().stream().mapToInt(l -> l.attempt).max().orElse(0);
  }

  private void finish(Item item) {
    inFlightBytes -= item.addedBytes;
    if (item.rejected().isEmpty()) {
      desk.passed(item.route);
      tally.accepted(item.duplicate());
      finished(item.delivery);
    } else {
      letter(
          item.delivery,
          item.route,
          DeadLetter.Stage.SENDING,
          item.reason(),
          List.copyOf(item.rejected()));
    }
  }

  private void failed(String why) {
    tally.retried();
    tally.failed(why);
    away = why;
    if (failures++ == 0) log.warn("Amebo does not take messages, they wait: {}", why);
    else log.debug("Amebo does not take messages, {} times now: {}", failures, why);
  }

  private void recovered() {
    log.info("Amebo takes messages again, after {} failures", failures);
    failures = 0;
    away = null;
  }

  private void settleFinished() throws SourceException {
    if (finished.isEmpty()) return;
    source.settle(List.copyOf(finished));
    finished.clear();
  }

  /** How long there is nothing to do. */
  long waitNanos() {
    long now = nanos.getAsLong();
    if (!completions.isEmpty() || !finished.isEmpty() || !unrouted.isEmpty()) return 0;
    long wait = Math.min(DUTY_NANOS, desk.untilRetry(now));
    // With all batches under way a lane that becomes due has to wait for a result anyway.
    if (underWay >= settings.batchesInFlight()) return wait;
    wait = Math.min(wait, lanes.untilNextDelayed(now));
    if (lanes.anyReady(now)) {
      wait = Math.min(wait, Math.max(0, settings.linger().toNanos() - (now - lastSend)));
    }
    return wait;
  }

  void publish() {
    nextPublish = nanos.getAsLong() + DUTY_NANOS;
    tally.publish(source.lanes(), away != null ? away : source.away());
  }

  /**
   * Rule 8: what waits is left to the broker, what is under way is finished within the deadline.
   */
  @Override
  public void drain(Collection<String> names, Duration deadline)
      throws SourceException, InterruptedException {
    abandonWaiting(names);
    drainUnderWay(names, deadline, () -> source.settle(takeFinished()));
    abandonWaiting(names);
  }

  /** As {@link #drain}, for everything, with the source still polled. */
  void drainAll(Duration deadline) throws SourceException, PumpStopped, InterruptedException {
    abandonWaiting(null);
    drainUnderWay(
        null,
        deadline,
        () -> {
          source.settle(takeFinished());
          // A source that is paused hands out nothing; what it does hand out returns.
          receive(source.poll(0, Duration.ZERO));
        });
    drained = true;
    stopIfMust();
  }

  private void drainUnderWay(
      @Nullable Collection<String> names, Duration deadline, Settling settling)
      throws SourceException, InterruptedException {
    long end = nanos.getAsLong() + deadline.toNanos();
    while ((underWay > 0 || desk.onTheirWay(names)) && !drained && end - nanos.getAsLong() > 0) {
      long now = nanos.getAsLong();
      awaitResult(Math.min(Math.min(DUTY_NANOS, end - now), desk.untilRetry(now)));
      takeResults();
      settling.run();
    }
    takeResults();
    settling.run();
  }

  private List<Delivery> takeFinished() {
    List<Delivery> taken = List.copyOf(finished);
    finished.clear();
    return taken;
  }

  private void abandonWaiting(@Nullable Collection<String> names) {
    Unrouted.Gone gone = unrouted.abandon(names);
    abandoned(gone.count(), gone.bytes());
    for (Item item : lanes.abandon(names)) abandoned(1, item.bytes);
  }

  /** Before a close that was not planned: what is known to be finished need not return. */
  void settleQuietly() {
    flushLetters();
    try {
      source.settle(takeFinished());
    } catch (SourceException e) {
      log.debug("could not settle before closing, the messages return: {}", e.getMessage());
    }
  }

  /** The source is gone or about to be: whatever is not settled returns from the broker. */
  void abandonAll() {
    tally.abandoned((int) tally.inFlight());
    int unstored = desk.abandon();
    if (unstored > 0) log.warn("{} dead letters were not stored; they return", unstored);
    tally.publish(List.of(), null);
  }

  private interface Settling {
    void run() throws SourceException, InterruptedException;
  }
}
