package io.amebobridge.server.retention;

import io.amebobridge.server.ServerMetrics;
import io.amebobridge.server.registry.Action;
import io.amebobridge.server.registry.ActionPattern;
import io.amebobridge.server.registry.Registry;
import io.amebobridge.server.registry.Retention;
import io.amebobridge.server.store.Store;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what actions need not keep any longer, now and then, in small transactions through the
 * one writer. Thread-safe; it works on a thread of its own.
 */
public final class Pruner implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Pruner.class);
  private static final int AT_ONCE = 500;
  private static final long ANY_TIME = Long.MAX_VALUE;
  private final Store store;
  private final Registry registry;
  private final ServerMetrics metrics;
  private final Retention usual;
  private final InstantSource clock;
  private final LogSlices slices;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "amebo-retention");
            made.setDaemon(true);
            return made;
          });
  private @Nullable Future<?> passes;
  private boolean failing;

  /**
   * Makes it; nothing is removed yet.
   *
   * @param usual for actions that have none of their own
   */
  public Pruner(
      Store store, Registry registry, ServerMetrics metrics, Retention usual, InstantSource clock) {
    this.store = store;
    this.registry = registry;
    this.metrics = metrics;
    this.usual = usual;
    this.clock = clock;
    this.slices = new LogSlices(store.jdbi());
  }

  /** Begins to work, with so much time between the end of a pass and the next. */
  public void start(Duration between) {
    passes =
        thread.scheduleWithFixedDelay(
            this::attempt, between.toMillis(), between.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void attempt() {
    try {
      pass();
      failing = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | RuntimeException e) {
      if (failing) {
        log.debug("Retention failed again", e);
      } else {
        log.warn("Retention failed; nothing is lost by it, it is tried again", e);
      }
      failing = true;
    }
  }

  /** Removes all that may go now; returns how many events went. */
  int pass() throws InterruptedException, ExecutionException {
    List<Action> limited =
        registry.actions().stream().filter(action -> !of(action).isForever()).toList();
    if (limited.isEmpty()) {
      return 0;
    }
    slices.follow();
    int removed = 0;
    for (Action action : limited) {
      removed += prune(action);
    }
    return removed;
  }

  private Retention of(Action action) {
    return action.retention().isForever() ? usual : action.retention();
  }

  private int prune(Action action) throws InterruptedException, ExecutionException {
    int removed = 0;
    for (PruneEvents step : steps(action)) {
      int gone = run(step);
      if (gone > 0) {
        slices.reread(step.first() / LogSlices.WIDTH);
        removed += gone;
      } else {
        slices.rereadIfGone(step);
      }
    }
    if (removed > 0) {
      metrics.pruned(removed);
      log.atDebug()
          .addKeyValue("action", action.name())
          .addKeyValue("events", removed)
          .log("Retention removed events");
    }
    return removed;
  }

  private List<PruneEvents> steps(Action action) {
    Retention keep = of(action);
    long before = keep.age() == null ? Long.MIN_VALUE : clock.millis() - keep.age().toMillis();
    long tooMany = keep.bytes() == null ? -1 : lastBeyond(action, keep.bytes());
    long passed = passedByAll(action);
    List<PruneEvents> steps = new ArrayList<>();
    for (LogSlices.Part part : slices.of(action.id())) {
      if (part.first() > passed) {
        break;
      }
      if (part.first() <= tooMany) {
        steps.add(step(action, part, Math.min(part.last(), tooMany), ANY_TIME));
      }
      if (part.last() > tooMany && part.oldest() < before) {
        steps.add(step(action, part, part.last(), before));
      }
    }
    return steps;
  }

  /** The steps decide for themselves; those that could only find nothing are not made. */
  private long passedByAll(Action action) {
    return store
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        "SELECT action, cursor FROM subscriptions WHERE deleted_at IS NULL")
                    .map(
                        (row, context) ->
                            new ActionPattern(row.getString("action")).matches(action.name())
                                ? row.getLong("cursor")
                                : Long.MAX_VALUE)
                    .list())
        .stream()
        .mapToLong(cursor -> cursor)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private static PruneEvents step(Action action, LogSlices.Part part, long last, long before) {
    return new PruneEvents(action.id(), action.name(), part.first(), last, before, AT_ONCE);
  }

  /** The newest event that has as many bytes or more behind it; -1 where there is none. */
  private long lastBeyond(Action action, long bytes) {
    List<LogSlices.Part> parts = slices.of(action.id());
    long behind = 0;
    for (int i = parts.size() - 1; i >= 0; i--) {
      LogSlices.Part part = parts.get(i);
      if (behind + part.bytes() > bytes) {
        long found = within(part, bytes - behind);
        if (found >= 0) {
          return found;
        }
        slices.reread(part.slice()); // another server has taken out of it
        behind += slices.bytes(action.id(), part.slice());
      } else {
        behind += part.bytes();
      }
    }
    return -1;
  }

  private long within(LogSlices.Part part, long bytes) {
    return store
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        "SELECT coalesce(max(id), -1) FROM (SELECT id,"
                            + " sum(octet_length(payload)) OVER (ORDER BY id DESC) AS behind"
                            + " FROM events WHERE id >= ? AND id <= ? AND action_id = ?) sized"
                            + " WHERE behind > ?")
                    .bind(0, part.first())
                    .bind(1, part.last())
                    .bind(2, part.actionId())
                    .bind(3, bytes)
                    .mapTo(Long.class)
                    .one());
  }

  /** Until nothing of it is left to remove. As long as each took, others have the writer. */
  private int run(PruneEvents step) throws InterruptedException, ExecutionException {
    int removed = 0;
    while (true) {
      long began = System.nanoTime();
      int gone = store.writer().apply(step).get();
      removed += gone;
      if (gone < AT_ONCE) {
        return removed;
      }
      TimeUnit.NANOSECONDS.sleep(System.nanoTime() - began);
    }
  }

  @Override
  public void close() {
    if (passes != null) {
      passes.cancel(true);
    }
    thread.shutdownNow();
  }
}
