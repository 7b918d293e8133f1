package io.amebobridge.server.delivery;

import io.amebobridge.server.registry.ActionPattern;
import io.amebobridge.server.registry.Registry;
import io.amebobridge.server.registry.SourcePositions;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.store.EventReader;
import io.amebobridge.server.store.LogEvent;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One subscription's walk over the log: matching events in the order of their ids, from memory
 * while it keeps up, in pages from the database otherwise, within a budget that all share. Confined
 * to one event loop.
 */
final class Feed {
  // From memory there is more at any time.
  private static final long REFILL_BYTES = 1 << 20;
  private final WorkerExecutor reads;
  private final EventReader events;
  private final Registry registry;
  private final ActionPattern pattern;
  private final SourcePositions positions;
  private final int size;
  private final PageBudget budget;
  private final Map<Long, Boolean> matches = new HashMap<>();
  private final Queue<LogEvent> page = new ArrayDeque<>();
  private long pageEnd;
  private long position;
  private long held;
  private boolean loading;
  private boolean closed;

  Feed(
      WorkerExecutor reads,
      EventReader events,
      Registry registry,
      Subscription subscription,
      long position,
      int size,
      PageBudget budget) {
    this.reads = reads;
    this.events = events;
    this.registry = registry;
    this.pattern = subscription.action();
    this.positions = subscription.positions();
    this.position = position;
    this.pageEnd = position;
    this.size = size;
    this.budget = budget;
  }

  /** The last event that was passed, taken or not ours. */
  long position() {
    return position;
  }

  /** The next matching event; null where there is none yet, or a page is on its way. */
  @Nullable LogEvent next() {
    while (true) {
      LogEvent first = page.poll();
      if (first == null) {
        position = Math.max(position, pageEnd);
        giveBack();
        if (loading || closed || !refill()) {
          return null;
        }
      } else {
        position = first.id();
        if (matches(first.actionId()) && !positions.passOver(first.source())) {
          return first;
        }
      }
    }
  }

  /** Whether a page has to be read from the database before {@link #next} gives more. */
  boolean behind() {
    return !loading && !closed && page.isEmpty() && events.recent(position, 1) == null;
  }

  /** Whether {@link #next} may give one now. */
  boolean ready() {
    if (loading || !page.isEmpty()) {
      return !page.isEmpty();
    }
    List<LogEvent> recent = events.recent(position, 1);
    return recent != null && !recent.isEmpty();
  }

  /** Whether the log goes on; it may be with events that are not ours. */
  boolean hasMore() {
    return !page.isEmpty() || events.head() > Math.max(position, pageEnd);
  }

  /** Whether a page is on its way. */
  boolean loading() {
    return loading;
  }

  /** Reads the next page; to be called when {@link #behind}. */
  Future<Void> load() {
    loading = true;
    long after = position;
    giveBack();
    long granted = budget.take(EventReader.PAGE_BYTES);
    return reads
        .executeBlocking(() -> read(after, granted), false)
        .onComplete(
            done -> {
              loading = false;
              if (closed || done.failed()) {
                budget.giveBack(granted);
              } else {
                hold(granted, done.result().events);
                pageEnd = done.result().end;
                if (page.isEmpty()) {
                  // Nothing of ours is up to there: whoever cannot begin calls need not read it
                  // again, and again.
                  position = Math.max(position, pageEnd);
                }
              }
            })
        .mapEmpty();
  }

  /** Reads nothing any more, and gives back what was read ahead. */
  void close() {
    closed = true;
    page.clear();
    pageEnd = position; // what was not taken is not passed
    giveBack();
  }

  private void hold(long granted, List<LogEvent> read) {
    held = read.stream().mapToLong(LogEvent::bytes).sum();
    budget.settle(granted, held);
    page.addAll(read);
    if (page.isEmpty()) {
      giveBack();
    }
  }

  private void giveBack() {
    if (held != 0) {
      budget.giveBack(held);
      held = 0;
    }
  }

  private boolean refill() {
    long granted = budget.take(REFILL_BYTES);
    List<LogEvent> recent = events.recent(position, granted == 0 ? 1 : size, granted);
    if (recent == null || recent.isEmpty()) {
      budget.giveBack(granted);
      return false;
    }
    hold(granted, recent);
    pageEnd = recent.get(recent.size() - 1).id();
    return true;
  }

  private record Page(List<LogEvent> events, long end) {}

  private Page read(long after, long bytes) {
    // The newest id first: an action registered after it has no event up to it.
    long head = events.head();
    registry.catchUp(events); // another server's event may be of a new action
    EventReader.Walk found =
        events.page(after, head, registry.matching(pattern), bytes == 0 ? 1 : size, bytes);
    return new Page(found.events(), found.end());
  }

  private boolean matches(long actionId) {
    return matches.computeIfAbsent(
        actionId,
        id -> registry.action(id).map(action -> pattern.matches(action.name())).orElse(false));
  }
}
