package io.amebobridge.testkit;

import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.core.Delivery;
import io.amebobridge.core.LaneStatus;
import io.amebobridge.core.Message;
import io.amebobridge.core.MessageSource;
import io.amebobridge.core.Origin;
import io.amebobridge.core.SourceException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A source in memory that does what a test wrote down: deliveries, revocations, losses and errors,
 * in that order. A step takes effect once all messages before it were handed out; the {@code …Now}
 * steps with the next poll, whatever is waiting. Remembers what was settled, in order. Thread-safe,
 * so that a test can go on writing while a pump runs.
 */
public final class ScriptedSource implements MessageSource {
  private @Nullable String away;

  private sealed interface Step {}

  private record Deliver(Message message) implements Step {}

  private record Revoke(Set<String> lanes, Duration deadline) implements Step {}

  private record Lose(Set<String> lanes) implements Step {}

  private record Fail(SourceException failure) implements Step {}

  /** What a delivery is settled by; the number tells deliveries of one message apart. */
  private record Receipt(ScriptedSource source, long number) {}

  private final String name;
  private final Deque<Step> script = new ArrayDeque<>();
  private final Deque<Step> urgent = new ArrayDeque<>();
  private final Deque<SourceException> openFailures = new ArrayDeque<>();
  private final Map<String, Long> nextOffset = new HashMap<>();
  private final Map<Receipt, Message> inFlight = new LinkedHashMap<>();
  private final List<Message> settled = new ArrayList<>();
  private final List<Message> ignored = new ArrayList<>();
  private final List<Integer> polls = new ArrayList<>();
  private @Nullable RevocationHandler handler;
  private long receipts;
  private int opens;
  private boolean open;
  private boolean woken;
  private boolean waits = true;

  public ScriptedSource(String name) {
    this.name = name;
  }

  /** Polls return at once; for pumps that a test steps by hand. */
  public synchronized ScriptedSource withoutWaiting() {
    waits = false;
    return this;
  }

  /** A message with this text as its body, the next one of its lane. */
  public Message deliver(@Nullable String lane, String body) {
    return deliver(lane, body.getBytes(StandardCharsets.UTF_8));
  }

  /** A message with this body, null for a tombstone, the next one of its lane. */
  public synchronized Message deliver(@Nullable String lane, byte @Nullable [] body) {
    String stream = lane == null ? "unordered" : lane;
    long offset = nextOffset.merge(stream, 1L, Long::sum) - 1;
    Origin origin =
        new Origin(
            name,
            lane,
            Instant.EPOCH.plusMillis(offset),
            Map.of("topic", stream, "partition", 0, "offset", offset),
            new SourceCoordinates("scripted:" + name, stream, 0, offset),
            null);
    String id = "scripted:" + name + ":" + stream + ":" + offset;
    Message message = new Message(id, stream, null, body, List.of(), origin);
    deliver(message);
    return message;
  }

  /** This very message; the same one again is a repeat. */
  public synchronized void deliver(Message message) {
    script.add(new Deliver(message));
    notifyAll();
  }

  /** In order: drains, then these lanes belong to somebody else. */
  public void revoke(Set<String> lanes, Duration deadline) {
    add(script, new Revoke(lanes, deadline));
  }

  /** As {@link #revoke}, with the next poll; messages of these lanes still waiting are dropped. */
  public void revokeNow(Set<String> lanes, Duration deadline) {
    add(urgent, new Revoke(lanes, deadline));
  }

  /** Without a word before: these lanes belong to somebody else. */
  public void lose(Set<String> lanes) {
    add(script, new Lose(lanes));
  }

  /** As {@link #lose}, with the next poll; messages of these lanes still waiting are dropped. */
  public void loseNow(Set<String> lanes) {
    add(urgent, new Lose(lanes));
  }

  /** The poll that comes to this throws it. */
  public void fail(SourceException failure) {
    add(script, new Fail(failure));
  }

  /** The next poll throws it. */
  public void failNow(SourceException failure) {
    add(urgent, new Fail(failure));
  }

  /** The next open throws it; more of them, one each. */
  public synchronized void failOpen(SourceException failure) {
    openFailures.add(failure);
  }

  private synchronized void add(Deque<Step> steps, Step step) {
    steps.add(step);
    notifyAll();
  }

  @Override
  public synchronized void open() throws SourceException {
    opens++;
    SourceException failure = openFailures.poll();
    if (failure != null) throw failure;
    open = true;
  }

  @Override
  public List<Delivery> poll(int max, Duration maxWait)
      throws SourceException, InterruptedException {
    if (!isOpen()) throw new IllegalStateException("not open");
    long deadline = System.nanoTime() + maxWait.toNanos();
    List<Delivery> out = new ArrayList<>();
    synchronized (this) {
      polls.add(max);
    }
    while (true) {
      Step control = takeSteps(max, out);
      if (control == null) {
        if (!out.isEmpty() || !waitForMore(max, deadline)) return out;
      } else if (control instanceof Fail fail) {
        throw fail.failure();
      } else if (control instanceof Revoke revoke) {
        // the handler settles meanwhile: not under the lock
        if (handler != null) handler.drain(revoke.lanes(), revoke.deadline());
        dropLanes(revoke.lanes());
      } else if (control instanceof Lose lose) {
        dropLanes(lose.lanes());
      }
    }
  }

  /** Moves deliveries to out; answers with a control step that is due, only while out is empty. */
  private synchronized @Nullable Step takeSteps(int max, List<Delivery> out) {
    if (!urgent.isEmpty()) return urgent.poll();
    while (out.size() < max && script.peek() instanceof Deliver next) {
      script.poll();
      Receipt receipt = new Receipt(this, receipts++);
      inFlight.put(receipt, next.message());
      out.add(new Delivery(next.message(), receipt));
    }
    boolean due = out.isEmpty() && !script.isEmpty() && !(script.peek() instanceof Deliver);
    return due ? script.poll() : null;
  }

  /** False when the time is up or somebody woke us. */
  private synchronized boolean waitForMore(int max, long deadline) throws InterruptedException {
    while (!isSomethingDue(max) && !woken) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (!waits || left <= 0) return false;
      wait(left);
    }
    boolean more = !woken;
    woken = false;
    return more;
  }

  private boolean isSomethingDue(int max) {
    if (!urgent.isEmpty()) return true;
    return max == 0
        ? !(script.peek() == null || script.peek() instanceof Deliver)
        : !script.isEmpty();
  }

  private synchronized void dropLanes(Set<String> lanes) {
    inFlight.values().removeIf(m -> lanes.contains(m.origin().lane()));
    script.removeIf(
        s -> s instanceof Deliver d && lanes.contains(String.valueOf(d.message().origin().lane())));
  }

  @Override
  public synchronized boolean owns(Delivery delivery) {
    return open && inFlight.containsKey(delivery.receipt());
  }

  @Override
  public synchronized void settle(Collection<Delivery> finished) {
    for (Delivery d : finished) {
      Message message = inFlight.remove(d.receipt());
      (message == null ? ignored : settled).add(d.message());
    }
  }

  @Override
  public synchronized void wakeup() {
    woken = true;
    notifyAll();
  }

  @Override
  public synchronized void beforeRevocation(RevocationHandler drain) {
    if (handler != null) throw new IllegalStateException("set already");
    handler = drain;
  }

  @Override
  public synchronized List<LaneStatus> lanes() {
    List<LaneStatus> lanes = new ArrayList<>();
    nextOffset.forEach(
        (lane, end) ->
            lanes.add(
                new LaneStatus(
                    lane,
                    end - waiting(lane),
                    end - waiting(lane) - flying(lane),
                    end,
                    Map.of("topic", lane),
                    null)));
    return lanes;
  }

  private long waiting(String lane) {
    return script.stream().filter(s -> s instanceof Deliver d && isIn(d.message(), lane)).count();
  }

  private long flying(String lane) {
    return inFlight.values().stream().filter(m -> isIn(m, lane)).count();
  }

  private static boolean isIn(Message message, String lane) {
    return message.address().equals(lane);
  }

  @Override
  public synchronized @Nullable String away() {
    return away;
  }

  /** What {@link #away()} says from now on. */
  public synchronized void away(@Nullable String why) {
    away = why;
  }

  @Override
  public synchronized void close() {
    open = false;
    notifyAll();
  }

  /** A new source over what this one had not settled, in order, as after a crash. */
  public synchronized ScriptedSource restarted() {
    ScriptedSource next = new ScriptedSource(name);
    next.nextOffset.putAll(nextOffset);
    next.waits = waits;
    inFlight.values().forEach(next::deliver);
    for (Step step : script) if (step instanceof Deliver d) next.deliver(d.message());
    return next;
  }

  /** What was settled while owned, in the order of settling. */
  public synchronized List<Message> settled() {
    return List.copyOf(settled);
  }

  /** What was settled although no longer owned, or twice. */
  public synchronized List<Message> ignored() {
    return List.copyOf(ignored);
  }

  /** Handed out, owned, not settled; in the order of handing out. */
  public synchronized List<Message> inFlight() {
    return List.copyOf(inFlight.values());
  }

  /** The max of each poll so far: a 0 tells that the reader was saturated. */
  public synchronized List<Integer> polls() {
    return List.copyOf(polls);
  }

  public synchronized int opens() {
    return opens;
  }

  public synchronized boolean isOpen() {
    return open;
  }

  /** True once every step has taken effect. */
  public synchronized boolean isDone() {
    return script.isEmpty() && urgent.isEmpty();
  }

  @Override
  public String toString() {
    return "ScriptedSource[" + name + "]";
  }
}
