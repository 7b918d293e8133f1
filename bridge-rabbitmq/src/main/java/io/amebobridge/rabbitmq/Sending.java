package io.amebobridge.rabbitmq;

import io.amebobridge.core.SendResult;
import io.amebobridge.core.SendResult.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One call of send: its lanes go side by side, within a lane one message after the other, so that
 * none is stored after one that was not (rule 10). Confined to the publisher's thread, but for the
 * future.
 */
final class Sending {
  private final CompletableFuture<List<SendResult>> done = new CompletableFuture<>();
  private final @Nullable SendResult[] results;
  private final List<Lane> lanes = new ArrayList<>();
  private final long since = System.nanoTime();
  private int open;

  Sending(List<Outgoing> batch) {
    results = new SendResult[batch.size()];
    Map<String, Lane> named = new LinkedHashMap<>();
    for (int i = 0; i < batch.size(); i++) {
      Outgoing item = batch.get(i);
      Lane lane = item.lane() == null ? null : named.get(item.lane());
      if (lane == null) {
        lane = new Lane();
        lanes.add(lane);
        if (item.lane() != null) named.put(item.lane(), lane);
      }
      lane.indexes.add(i);
      lane.items.add(item);
    }
    open = lanes.size();
    if (lanes.isEmpty()) done.complete(List.of());
  }

  CompletableFuture<List<SendResult>> done() {
    return done;
  }

  List<Lane> lanes() {
    return lanes;
  }

  /** The messages of one lane, or one that is free. At most one of them is under way. */
  final class Lane {
    private final List<Integer> indexes = new ArrayList<>();
    private final List<Outgoing> items = new ArrayList<>();
    private int next;

    /** Whose turn it is. */
    Outgoing current() {
      return items.get(next);
    }

    boolean isDone() {
      return next == items.size();
    }

    /** In the clock's nanoseconds. */
    long since() {
      return since;
    }

    /** The current one's result, which is that of all after it where it may come again. */
    void take(SendResult result) {
      boolean again = result.outcome() == Outcome.UNAVAILABLE || result.outcome() == Outcome.DENIED;
      int to = again ? items.size() : next + 1;
      while (next < to) results[indexes.get(next++)] = result;
      // refuses nulls, which would be a message without a result
      if (isDone() && --open == 0) done.complete(List.copyOf(Arrays.asList(results)));
    }
  }
}
