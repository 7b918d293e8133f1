package io.amebobridge.core.amebo;

import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.PublishResult;
import io.amebobridge.core.Causes;
import io.amebobridge.core.SendResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Sends single events to an upstream server: lanes side by side, one after the other within a lane,
 * and so many at a time over all calls of send.
 */
final class SingleSender implements AmeboSink.Sender {
  private final AmeboApi api;
  private final int concurrency;
  private final Deque<Lane> waiting = new ArrayDeque<>();
  private int running;

  SingleSender(AmeboApi api, int concurrency) {
    this.api = api;
    this.concurrency = concurrency;
  }

  @Override
  public CompletableFuture<Void> send(List<Outgoing.Item> items, AmeboSink.Results results) {
    Map<String, List<Outgoing.Item>> byLane = new LinkedHashMap<>();
    List<List<Outgoing.Item>> all = new ArrayList<>();
    for (Outgoing.Item item : items) {
      if (item.lane() == null) {
        all.add(List.of(item));
      } else {
        byLane
            .computeIfAbsent(
                item.lane(),
                name -> {
                  List<Outgoing.Item> lane = new ArrayList<>();
                  all.add(lane);
                  return lane;
                })
            .add(item);
      }
    }
    Run run = new Run(results, all.size());
    if (all.isEmpty()) run.done.complete(null);
    synchronized (this) {
      for (List<Outgoing.Item> lane : all) waiting.add(new Lane(run, lane));
    }
    startWaiting();
    return run.done;
  }

  private void startWaiting() {
    for (Lane lane = take(); lane != null; lane = take()) lane.next();
  }

  private synchronized @Nullable Lane take() {
    if (running >= concurrency) return null;
    Lane lane = waiting.poll();
    if (lane != null) running++;
    return lane;
  }

  private synchronized void release() {
    running--;
  }

  /** One call of send. */
  private final class Run {
    final CompletableFuture<Void> done = new CompletableFuture<>();
    final AmeboSink.Results results;
    private final AtomicInteger open;
    private int failuresInRow;
    private @Nullable SendResult verdict;

    Run(AmeboSink.Results results, int lanes) {
      this.results = results;
      this.open = new AtomicInteger(lanes);
    }

    /** What to say to everything not yet sent; null: go on. */
    synchronized @Nullable SendResult verdict() {
      return verdict;
    }

    /**
     * Credentials that are denied once are denied always, and a server that has failed as many
     * times in a row as may be under way is taken to be away: each further call would cost a
     * time-out.
     */
    synchronized void observe(SendResult result) {
      boolean unavailable = result.outcome() == SendResult.Outcome.UNAVAILABLE;
      failuresInRow = unavailable ? failuresInRow + 1 : 0;
      boolean denied = result.outcome() == SendResult.Outcome.DENIED;
      if (denied || failuresInRow >= concurrency || result.retryAfter() != null) verdict = result;
    }

    void laneDone() {
      if (open.decrementAndGet() == 0) done.complete(null);
    }
  }

  /** The messages of one lane, or one free message. Only one of them is under way. */
  private final class Lane {
    private final Run run;
    private final List<Outgoing.Item> items;
    private int next;

    Lane(Run run, List<Outgoing.Item> items) {
      this.run = run;
      this.items = items;
    }

    /** A loop where answers come at once, else it goes on when the answer comes. */
    void next() {
      try {
        while (next < items.size()) {
          SendResult verdict = run.verdict();
          if (verdict != null) {
            stop(verdict);
            break;
          }
          CompletableFuture<PublishResult> answer =
              Outcomes.call(() -> api.publish(items.get(next).event()));
          if (!answer.isDone()) {
            var unused = answer.whenComplete(this::resume);
            return;
          }
          var unused = answer.whenComplete(this::settle);
        }
      } catch (RuntimeException e) {
        run.done.completeExceptionally(e);
      }
      release();
      run.laneDone();
    }

    private void resume(@Nullable PublishResult answer, @Nullable Throwable e) {
      try {
        settle(answer, e);
      } catch (RuntimeException bug) {
        next = items.size();
        run.done.completeExceptionally(bug);
      }
      next();
      startWaiting();
    }

    private void settle(@Nullable PublishResult answer, @Nullable Throwable e) {
      SendResult result =
          answer != null ? Outcomes.of(answer) : e == null ? null : Outcomes.of(Causes.unwrap(e));
      if (result == null) {
        next = items.size();
        run.done.completeExceptionally(
            e != null ? Causes.unwrap(e) : new IllegalStateException("Amebo gave no result"));
        return;
      }
      run.observe(result);
      boolean settled =
          result.outcome() != SendResult.Outcome.UNAVAILABLE
              && result.outcome() != SendResult.Outcome.DENIED;
      if (settled) run.results.set(items.get(next++).index(), result);
      else stop(result);
    }

    /** Nothing later in the lane may be stored before it (rule 10). */
    private void stop(SendResult result) {
      run.results.setAll(items.subList(next, items.size()), result);
      next = items.size();
    }
  }
}
