package io.amebobridge.aws;

import io.amebobridge.core.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one bounded buffer between the server's thread and the pump's (rule 1), with the posts that
 * wait for an answer. An attempt of SNS for a message that is here already waits with the first;
 * one for a message that was settled of late is answered at once. Thread-safe.
 */
final class SnsInbox {
  private static final int REMEMBERED = 20_000;

  private final int most;
  private final long mostBytes;
  private final Map<String, Pushed> unsettled = new HashMap<>();
  private final Deque<Pushed> arrived = new ArrayDeque<>();
  private final Map<String, Boolean> settledOfLate =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };
  private long bytes;
  private boolean woken;
  private boolean closed;

  SnsInbox(int most, long mostBytes) {
    this.most = most;
    this.mostBytes = mostBytes;
  }

  /**
   * A message was posted.
   *
   * @return what waits for it now; null where the answer was given at once
   */
  @Nullable Pushed add(Message message, Pushed.Answer answer) {
    String id = Objects.requireNonNull(message.id());
    int status = 503;
    String why;
    synchronized (this) {
      Pushed known = unsettled.get(id);
      boolean full = unsettled.size() >= most || bytes + message.size() > mostBytes;
      if (closed) {
        why = "the bridge is stopping";
      } else if (settledOfLate.containsKey(id)) {
        status = 200;
        why = "taken before";
      } else if (known == null && full && !unsettled.isEmpty()) {
        why = "too much waits for Amebo";
      } else {
        Pushed pushed = known == null ? arrived(id, message) : known;
        pushed.waiting.add(answer);
        return pushed;
      }
    }
    answer.give(status, why);
    return null;
  }

  private Pushed arrived(String id, Message message) {
    Pushed pushed = new Pushed(message);
    unsettled.put(id, pushed);
    arrived.add(pushed);
    bytes += message.size();
    notifyAll();
    return pushed;
  }

  /** Nobody waits for this answer any more; the message stays. */
  synchronized void forget(Pushed pushed, Pushed.Answer answer) {
    pushed.waiting.remove(answer);
  }

  /** Ends the wait under way, or else the next. */
  synchronized void wake() {
    woken = true;
    notifyAll();
  }

  /** Waits until there is something, or somebody woke it; at most so long. */
  synchronized void await(long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    while (arrived.isEmpty() && !woken) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime() + 999_999);
      if (left <= 0) break;
      wait(left);
    }
    woken = false;
  }

  /** At most so many, in the order they came. */
  synchronized List<Pushed> take(int max) {
    List<Pushed> taken = new ArrayList<>(Math.min(max, arrived.size()));
    while (taken.size() < max && !arrived.isEmpty()) taken.add(arrived.remove());
    return taken;
  }

  synchronized boolean has(Pushed pushed) {
    return !closed && unsettled.get(pushed.message.id()) == pushed;
  }

  synchronized int unsettled() {
    return unsettled.size();
  }

  /** Amebo has it, or the dead letters have: SNS may forget it. */
  void settle(Pushed pushed) {
    List<Pushed.Answer> answers;
    synchronized (this) {
      if (!has(pushed)) return;
      String id = Objects.requireNonNull(pushed.message.id());
      unsettled.remove(id);
      settledOfLate.put(id, true);
      bytes -= pushed.message.size();
      answers = List.copyOf(pushed.waiting);
      pushed.waiting.clear();
    }
    answers.forEach(a -> a.give(200, "taken"));
  }

  /** What is not settled comes again, by SNS. */
  void close() {
    List<Pushed.Answer> answers = new ArrayList<>();
    synchronized (this) {
      closed = true;
      unsettled.values().forEach(p -> answers.addAll(p.waiting));
      unsettled.clear();
      arrived.clear();
      notifyAll();
    }
    answers.forEach(a -> a.give(503, "the bridge is stopping"));
  }
}
