package io.amebobridge.server.delivery;

import io.amebobridge.server.store.DeliveryRow.State;
import io.amebobridge.server.store.LogEvent;
import io.amebobridge.server.store.OpenDelivery;
import io.amebobridge.server.store.Resumption;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription has yet to do, and what comes next: new events from its feed and those whose
 * time has come, in turn, so that neither starves the other. Memory is bounded: beyond the bounds
 * deliveries wait in the database, and events in the log. Confined to one event loop.
 */
final class Backlog {
  /** So many open deliveries are kept in memory. */
  static final int NEAREST = 10_000;

  private static final int PAGE = NEAREST / 2;
  // In line for their keys, without a row: they are read again from the log after a restart.
  private static final int MOST_IN_LINE = 10_000;
  // Taken since the first event that has no row yet.
  private static final int MOST_TAKEN = 100_000;
  private static final long LATEST_MILLIS = Long.MAX_VALUE - 1; // the last means never
  private static final long BUSY_MILLIS = 1_000;

  /**
   * A delivery to begin.
   *
   * @param event null where it has to be read
   */
  record Pick(OpenDelivery delivery, @Nullable LogEvent event) {}

  /** Is told of events that sleep, to be put on record. */
  interface Sleepers {
    void sleep(OpenDelivery delivery);
  }

  private final Outbound out;
  private final long subscription;
  private final boolean ordered;
  private final Feed feed;
  private final Watermark watermark;
  private final Recorder recorder;
  private final Sleepers sleepers;
  private final LongPredicate busy;
  private final KeyLines lines;
  private final Agenda agenda;
  private final Set<Long> recorded;
  private final Set<Long> outside = new HashSet<>();
  private @Nullable Map<Long, Optional<OpenDelivery>> sinceReading;
  private boolean feedsTurn;

  /**
   * Makes the backlog that is in the database.
   *
   * @param busy whether a call of an event is under way, or about to be
   */
  Backlog(
      Outbound out,
      long subscription,
      boolean ordered,
      Resumption from,
      Feed feed,
      Watermark watermark,
      Recorder recorder,
      Sleepers sleepers,
      LongPredicate busy) {
    this.out = out;
    this.subscription = subscription;
    this.ordered = ordered;
    this.feed = feed;
    this.watermark = watermark;
    this.recorder = recorder;
    this.sleepers = sleepers;
    this.busy = busy;
    this.lines = new KeyLines(ordered);
    this.recorded = new HashSet<>(from.recorded());
    // What stands in line leaves the agenda, but its end stays where the reading ended.
    this.agenda = new Agenda(NEAREST, from.open(), from.complete());
    Set<Long> mayGo = new HashSet<>();
    lines.resume(from.open()).forEach(delivery -> mayGo.add(delivery.event()));
    from.open().stream()
        .filter(d -> !mayGo.contains(d.event()))
        .forEach(d -> agenda.take(d.event()));
  }

  /** The next to begin now; null where there is none. */
  @Nullable Pick next(long now) {
    feedsTurn = !feedsTurn;
    Pick first = feedsTurn ? fromFeed(now) : fromAgenda(now);
    return first != null ? first : feedsTurn ? fromAgenda(now) : fromFeed(now);
  }

  private @Nullable Pick fromAgenda(long now) {
    for (OpenDelivery d = lines.next(); d != null; d = lines.next()) {
      if (d.due() <= now) {
        return new Pick(d, recent(d.event()));
      }
      agenda.add(d);
    }
    for (OpenDelivery d = agenda.poll(now); d != null; d = agenda.poll(now)) {
      if (busy.test(d.event())) {
        agenda.keep(d.at(now + BUSY_MILLIS));
      } else if (lines.waiting() >= MOST_IN_LINE && !lines.lets(d)) {
        agenda.keep(d.at(now + BUSY_MILLIS)); // what is behind it stays in the database
        outside.add(d.event());
      } else if (enter(d)) {
        return new Pick(d, recent(d.event()));
      }
    }
    if (lines.waiting() < MOST_IN_LINE) {
      outside.removeIf(event -> !agenda.has(event)); // settled elsewhere, or to be read again
    }
    return null;
  }

  private boolean enter(OpenDelivery delivery) {
    outside.remove(delivery.event());
    return lines.enter(delivery);
  }

  private @Nullable Pick fromFeed(long now) {
    while (mayTake()) {
      LogEvent event = feed.next();
      if (event == null) {
        return null;
      }
      if (recorded.remove(event.id())) {
        continue; // it has its row from before the restart
      }
      watermark.taken(event.id());
      OpenDelivery fresh =
          new OpenDelivery(event.id(), State.WAITING, 0, until(event), event.key());
      if (fresh.due() / 1000 > now / 1000) {
        // It takes its place in its key's line at its hour: the others do not wait for it.
        add(fresh);
        sleepers.sleep(fresh);
      } else if (lines.enter(fresh)) {
        return new Pick(fresh, event);
      }
    }
    return null;
  }

  /** Whatever an old row says: what is taken must get its row, or the cursor stands still. */
  private static long until(LogEvent event) {
    Long seconds = event.sleepUntil();
    return seconds == null ? 0 : Math.max(0, Math.min(seconds, LATEST_MILLIS / 1000) * 1000);
  }

  private boolean mayTake() {
    return recorder.pending() < out.settings().window() * SubscriptionDriver.UNWRITTEN_WINDOWS
        && watermark.size() < MOST_TAKEN
        && lines.waiting() < MOST_IN_LINE
        && outside.isEmpty() // nor does what is new overtake those that found the line full
        // Which keys are held is known only while all that is open is in memory.
        && !(ordered && agenda.beyond() != null);
  }

  private @Nullable LogEvent recent(long id) {
    List<LogEvent> found = out.events().recent(id - 1, 1);
    return found == null || found.isEmpty() || found.get(0).id() != id ? null : found.get(0);
  }

  /** To be made when it is due; its row is written, or about to be. */
  void add(OpenDelivery delivery) {
    agenda.add(delivery);
    if (sinceReading != null) {
      sinceReading.put(delivery.event(), Optional.of(delivery));
    }
  }

  /** It was picked, but not begun. */
  void putBack(OpenDelivery delivery) {
    lines.first(delivery);
  }

  /** It is delivered or dead, and holds up nobody any longer. */
  void closed(OpenDelivery delivery) {
    agenda.take(delivery.event());
    outside.remove(delivery.event());
    lines.leave(delivery.event(), delivery.key());
    if (sinceReading != null) {
      sinceReading.put(delivery.event(), Optional.empty());
    }
  }

  /**
   * Takes an event out of turn, for a call by hand.
   *
   * @param known as it was read from the database
   * @return as it is; null where it has changed since, or waits for another with its key
   */
  @Nullable OpenDelivery takeOut(OpenDelivery known) {
    if (lines.waits(known.event())) {
      return null;
    }
    OpenDelivery about = lines.takeNext(known.event());
    if (about != null) {
      return about; // it has its key
    }
    boolean held = lines.holds(known.event(), known.key());
    if (!lines.enter(known)) {
      lines.withdraw(known.event(), known.key());
      return null;
    }
    outside.remove(known.event());
    OpenDelivery found = agenda.take(known.event());
    boolean open = known.state() == State.RETRYING || known.state() == State.WAITING;
    // It may be in the database alone; but so may another, that is the first of its key.
    boolean mayGo = agenda.beyond() != null && (held || !ordered || known.key() == null);
    if (found == null && open && !mayGo) {
      lines.leave(known.event(), known.key());
      return null;
    }
    return found == null ? known : found;
  }

  /** Reads what is missing in memory, where it is time to; ready is run when there is more. */
  void read(Runnable ready, java.util.function.Consumer<Throwable> failed) {
    if (mayTake() && feed.behind()) {
      feed.load().onSuccess(done -> ready.run()).onFailure(failed::accept);
    }
    OpenDelivery from = agenda.beyond();
    if (sinceReading != null || from == null || !agenda.wantsMore()) {
      return;
    }
    sinceReading = new HashMap<>();
    recorder
        .flushed()
        .compose(written -> page(from))
        .onSuccess(read -> merge(from, read))
        .onComplete(
            done -> {
              sinceReading = null;
              if (done.succeeded()) {
                ready.run();
              } else {
                failed.accept(done.cause());
              }
            });
  }

  private Future<List<OpenDelivery>> page(OpenDelivery from) {
    return out.reads()
        .executeBlocking(() -> out.store().deliveries().open(subscription, from, PAGE), false);
  }

  /** What has changed since it was read is newer than what was read. */
  private void merge(OpenDelivery from, List<OpenDelivery> read) {
    OpenDelivery end = agenda.beyond();
    Map<Long, Optional<OpenDelivery>> since = sinceReading;
    if (since == null || end == null || OpenDelivery.BY_DUE.compare(end, from) < 0) {
      return; // the nearest have filled memory meanwhile
    }
    agenda.end(read, read.size() < PAGE);
    read.stream()
        .filter(d -> !since.containsKey(d.event()) && !busy.test(d.event()))
        .filter(d -> !lines.waits(d.event()))
        .forEach(agenda::add);
    since
        .values()
        .forEach(newer -> newer.filter(d -> !busy.test(d.event())).ifPresent(agenda::add));
  }

  /** Whether a read is under way. */
  boolean reading() {
    return feed.loading() || sinceReading != null;
  }

  /** When the next one in memory is due; Long.MAX_VALUE where there is none. */
  long due() {
    return lines.hasNext() ? 0 : agenda.due();
  }

  /** Whether so much waits since this time, or for its key, that no more is to be made due. */
  boolean behind(long since) {
    return due() < since || lines.waiting() >= MOST_IN_LINE;
  }

  /** How many wait for their keys in memory. */
  int inLine() {
    return lines.waiting();
  }

  /** Whether {@link #next} may give something; where it does not, nothing may be begun now. */
  boolean ready(long now) {
    return due() <= now || (mayTake() && feed.ready());
  }

  /** Whether there may be something to begin once calls may begin. */
  boolean hasNew() {
    return mayTake() && feed.hasMore();
  }
}
