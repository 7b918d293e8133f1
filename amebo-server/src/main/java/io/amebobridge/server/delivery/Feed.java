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
 * while it keeps up, in pages from the database otherwise. Confined to one event loop.
 */
final class Feed {
  private final WorkerExecutor reads;
  private final EventReader events;
  private final Registry registry;
  private final ActionPattern pattern;
  private final SourcePositions positions;
  private final int size;
  private final Map<Long, Boolean> matches = new HashMap<>();
  private final Queue<LogEvent> page = new ArrayDeque<>();
  private long pageEnd;
  private long position;
  private boolean loading;

  Feed(
      WorkerExecutor reads,
      EventReader events,
      Registry registry,
      Subscription subscription,
      long position,
      int size) {
    this.reads = reads;
    this.events = events;
    this.registry = registry;
    this.pattern = subscription.action();
    this.positions = subscription.positions();
    this.position = position;
    this.pageEnd = position;
    this.size = size;
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
        if (loading || !refill()) {
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
    return !loading && page.isEmpty() && events.recent(position, 1) == null;
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
    return reads
        .executeBlocking(() -> read(after), false)
        .onComplete(
            done -> {
              loading = false;
              if (done.succeeded()) {
                page.addAll(done.result().events);
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

  private boolean refill() {
    List<LogEvent> recent = events.recent(position, size);
    if (recent == null || recent.isEmpty()) {
      return false;
    }
    page.addAll(recent);
    pageEnd = recent.get(recent.size() - 1).id();
    return true;
  }

  private record Page(List<LogEvent> events, long end) {}

  private Page read(long after) {
    // The newest id first: an action registered after it has no event up to it.
    long head = events.head();
    registry.catchUp(events); // another server's event may be of a new action
    EventReader.Walk found = events.page(after, head, registry.matching(pattern), size);
    return new Page(found.events(), found.end());
  }

  private boolean matches(long actionId) {
    return matches.computeIfAbsent(
        actionId,
        id -> registry.action(id).map(action -> pattern.matches(action.name())).orElse(false));
  }
}
