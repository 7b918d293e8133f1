package io.amebobridge.aws;

import io.amebobridge.core.SendResult;
import io.amebobridge.core.SendResult.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One call of send. At most one request has messages of a lane, so that its order holds (rule 10).
 * To a FIFO queue or topic that is one message of the lane a request, since any entry of a batch
 * may fail while those behind it are stored. To a standard one, which keeps no order, it is as many
 * as there is room for. Thread-safe.
 */
final class Sending {
  private final CompletableFuture<List<SendResult>> done = new CompletableFuture<>();
  private final @Nullable SendResult[] results;
  private final Deque<Item> pending = new ArrayDeque<>();
  private final Set<String> busy = new HashSet<>();
  private int open;

  /** A message's place in the call, and what is sent of it. */
  record Item(int index, SendEntry entry) {}

  /** What goes out at once, to one target. */
  static final class Request {
    final List<Item> items = new ArrayList<>();
    private int bytes;

    private boolean takes(SendEntry entry, int mostMessages, int mostBytes) {
      return items.size() < mostMessages && bytes + entry.size() <= mostBytes;
    }

    private void add(Item item) {
      items.add(item);
      bytes += item.entry.size();
    }

    List<SendEntry> entries() {
      return items.stream().map(Item::entry).toList();
    }
  }

  /**
   * @param unfit per message why it can't be sent, else null
   * @param entries null where unfit
   */
  Sending(List<@Nullable SendEntry> entries, List<@Nullable String> unfit) {
    results = new SendResult[entries.size()];
    for (int i = 0; i < results.length; i++) {
      SendEntry entry = entries.get(i);
      if (entry == null) results[i] = SendResult.rejected(String.valueOf(unfit.get(i)));
      else pending.add(new Item(i, entry));
    }
    open = pending.size();
    if (open == 0) finish();
  }

  CompletableFuture<List<SendResult>> done() {
    return done;
  }

  /** What can go out now, all of it at once. */
  synchronized List<Request> next(int mostMessages, int mostBytes) {
    List<Request> requests = new ArrayList<>();
    Map<String, Request> filling = new LinkedHashMap<>();
    Map<String, Request> ofLane = new HashMap<>();
    Set<String> passed = new HashSet<>(busy);
    for (Iterator<Item> i = pending.iterator(); i.hasNext(); ) {
      Item item = i.next();
      String lane = item.entry.lane();
      String target = item.entry.target();
      if (lane != null && passed.contains(lane)) continue;
      Request request = filling.get(target);
      Request before = lane == null ? null : ofLane.get(lane);
      boolean room = request != null && request.takes(item.entry, mostMessages, mostBytes);
      if (before != null && (before != request || !room || FifoName.isFifo(target))) {
        passed.add(lane); // none behind it may overtake it
        continue;
      }
      if (!room) {
        request = new Request();
        requests.add(request);
        filling.put(target, request);
      }
      request.add(item);
      i.remove();
      if (lane != null) ofLane.put(lane, request);
    }
    busy.addAll(ofLane.keySet());
    return requests;
  }

  /**
   * What became of a request.
   *
   * @param all whether it failed as a whole: what waits would find the same service, unless it was
   *     refused for what is in it, which says nothing of other messages
   */
  void take(Request request, List<SendResult> answers, boolean all) {
    boolean finished;
    synchronized (this) {
      Map<String, SendResult> stopped = new HashMap<>();
      for (int i = 0; i < request.items.size(); i++) {
        Item item = request.items.get(i);
        SendResult result = answers.get(i);
        results[item.index] = result;
        open--;
        String lane = item.entry.lane();
        if (lane == null) continue;
        busy.remove(lane);
        if (comesAgain(result)) stopped.putIfAbsent(lane, result);
      }
      String target = request.items.get(0).entry.target();
      SendResult first = answers.get(0);
      SendResult ofTarget = all && comesAgain(first) ? first : null;
      for (Iterator<Item> i = pending.iterator(); i.hasNext(); ) {
        Item item = i.next();
        String lane = item.entry.lane();
        SendResult result = lane == null ? null : stopped.get(lane);
        if (result == null && item.entry.target().equals(target)) result = ofTarget;
        if (result == null) continue;
        if (lane != null) stopped.put(lane, result); // those behind it may go elsewhere
        results[item.index] = result;
        i.remove();
        open--;
      }
      finished = open == 0;
    }
    if (finished) finish();
  }

  static boolean comesAgain(SendResult result) {
    return result.outcome() == Outcome.UNAVAILABLE || result.outcome() == Outcome.DENIED;
  }

  private void finish() {
    // refuses nulls, which would be a message without a result
    done.complete(List.copyOf(Arrays.asList(results)));
  }
}
