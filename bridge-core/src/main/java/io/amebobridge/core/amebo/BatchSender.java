package io.amebobridge.core.amebo;

import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.PublishResult;
import io.amebobridge.core.Causes;
import io.amebobridge.core.SendResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Sends batches to our server. One request after the other, so that order holds (rule 10). */
final class BatchSender implements AmeboSink.Sender {
  private final AmeboApi api;
  private final AmeboSinkSettings settings;
  private final BatchSize size;

  BatchSender(AmeboApi api, AmeboSinkSettings settings) {
    this.api = api;
    this.settings = settings;
    this.size = new BatchSize(settings.maxBatchBytes());
  }

  @Override
  public CompletableFuture<Void> send(List<Outgoing.Item> items, AmeboSink.Results results) {
    Run run = new Run(new ArrayDeque<>(split(items, size.bytes())), results);
    run.next();
    return run.done;
  }

  /** Into requests within the limits, in order. */
  private List<List<Outgoing.Item>> split(List<Outgoing.Item> items, long maxBytes) {
    List<List<Outgoing.Item>> parts = new ArrayList<>();
    List<Outgoing.Item> part = new ArrayList<>();
    long bytes = 0;
    for (Outgoing.Item item : items) {
      boolean full = part.size() >= settings.maxBatchMessages() || bytes + item.bytes() > maxBytes;
      if (full && !part.isEmpty()) {
        parts.add(part);
        part = new ArrayList<>();
        bytes = 0;
      }
      part.add(item);
      bytes += item.bytes();
    }
    if (!part.isEmpty()) parts.add(part);
    return parts;
  }

  private static long bytes(List<Outgoing.Item> part) {
    long bytes = 0;
    for (Outgoing.Item item : part) bytes += item.bytes();
    return bytes;
  }

  /** One call of send. At most one request is under way, so nothing in here is shared. */
  private final class Run {
    final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Deque<List<Outgoing.Item>> pending;
    private final AmeboSink.Results results;

    Run(Deque<List<Outgoing.Item>> pending, AmeboSink.Results results) {
      this.pending = pending;
      this.results = results;
    }

    /** A loop where answers come at once, else it goes on when the answer comes. */
    void next() {
      try {
        while (true) {
          List<Outgoing.Item> part = pending.poll();
          if (part == null) {
            done.complete(null);
            return;
          }
          CompletableFuture<List<PublishResult>> answer =
              Outcomes.call(
                  () -> api.publishBatch(part.stream().map(Outgoing.Item::event).toList()));
          if (!answer.isDone()) {
            var unused = answer.whenComplete((r, e) -> resume(part, r, e));
            return;
          }
          var unused = answer.whenComplete((r, e) -> settle(part, r, e));
        }
      } catch (RuntimeException e) {
        done.completeExceptionally(e);
      }
    }

    private void resume(
        List<Outgoing.Item> part, @Nullable List<PublishResult> answers, @Nullable Throwable e) {
      try {
        settle(part, answers, e);
      } catch (RuntimeException bug) {
        done.completeExceptionally(bug);
        return;
      }
      next();
    }

    private void settle(
        List<Outgoing.Item> part, @Nullable List<PublishResult> answers, @Nullable Throwable e) {
      if (e != null) {
        failed(part, Causes.unwrap(e));
      } else if (answers == null || answers.size() != part.size()) {
        stop(part, SendResult.unavailable("Amebo's results don't match the batch", null));
      } else {
        size.wentThrough(bytes(part));
        for (int i = 0; i < part.size(); i++) {
          results.set(part.get(i).index(), Outcomes.of(answers.get(i)));
        }
      }
    }

    private void failed(List<Outgoing.Item> part, Throwable e) {
      if (Outcomes.isTooLarge(e) && part.size() > 1) {
        smaller(part);
        return;
      }
      if (Outcomes.isAboutContent(e) && part.size() > 1) {
        // Halved until the one at fault is alone: the others are innocent.
        int middle = part.size() / 2;
        pending.push(part.subList(middle, part.size()));
        pending.push(part.subList(0, middle));
        return;
      }
      SendResult result = Outcomes.of(e);
      if (result == null) {
        pending.clear();
        done.completeExceptionally(e);
      } else if (result.outcome() == SendResult.Outcome.REJECTED) {
        results.setAll(part, result);
      } else {
        stop(part, result);
      }
    }

    /** This one and those that wait, at the size that may fit; less than this one in any case. */
    private void smaller(List<Outgoing.Item> part) {
      long maxBytes = size.tooLarge(bytes(part));
      List<Outgoing.Item> all = new ArrayList<>(part);
      pending.forEach(all::addAll);
      pending.clear();
      pending.addAll(split(all, maxBytes));
    }

    /** What comes after it may share a lane with it, and would find the same server. */
    private void stop(List<Outgoing.Item> part, SendResult result) {
      results.setAll(part, result);
      for (List<Outgoing.Item> later : pending) results.setAll(later, result);
      pending.clear();
    }
  }
}
