package io.amebobridge.aws;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResponse;

/**
 * What is held of one queue: renewed at half its time, given up when that fails for too long, when
 * SQS gives it to others, or at the end of SQS's longest time. Of a message group nothing is kept
 * behind something lost. Confined to the pump's thread.
 */
final class Leases {
  private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
  private static final String LATE = "were not renewed in time";

  private final SqsSettings settings;
  private final QueueName given;
  private final VisibilityCalls calls;
  private final Consumer<Held> onLoss;
  private final Trouble trouble;
  private final TreeSet<Held> held =
      new TreeSet<>(Comparator.comparingLong((Held h) -> h.due).thenComparingLong(h -> h.number));

  /** To be renewed; what failed is first. */
  private final Deque<Held> waiting = new ArrayDeque<>();

  /** To be made visible. */
  private final List<Held> back = new ArrayList<>();

  /** By SQS's ids: who has the handle that is good. */
  private final Map<String, Held> latest = new HashMap<>();

  private final Map<String, Deque<Held>> groups = new HashMap<>();
  private Duration visibility = Duration.ofSeconds(30);
  private long lastNumber;
  private long lost;
  private int underWay;

  /**
   * New and empty.
   *
   * @param onLoss told of each message that is lost, in no order
   */
  Leases(SqsSettings settings, QueueName given, VisibilityCalls calls, Consumer<Held> onLoss) {
    this.settings = settings;
    this.given = given;
    this.calls = calls;
    this.onLoss = onLoss;
    String what = settings.name() + ": what is held of " + SqsSettings.called(given);
    trouble = new Trouble(LOG, what + " can't be renewed");
  }

  void visibility(Duration how) {
    visibility = how;
    trouble.pauseAtMost(how.dividedBy(8)); // several attempts before the time is up
  }

  /** Why renewing does not work now; null: it does. */
  @Nullable String trouble() {
    return trouble.why();
  }

  int size() {
    return held.size();
  }

  void add(Held message) {
    message.number = ++lastNumber;
    message.due = message.deadline - visibility.toNanos() / 2;
    held.add(message);
    latest.put(message.sqsId, message);
    String lane = message.lane();
    if (lane != null) groups.computeIfAbsent(lane, l -> new ArrayDeque<>()).add(message);
  }

  /** It was deleted, or is nothing to us any more. */
  void remove(Held message) {
    held.remove(message);
    latest.remove(message.sqsId, message);
    leaveGroup(message);
  }

  /** It is finished: what is behind it no longer depends on it. */
  void leaveGroup(Held message) {
    String lane = message.lane();
    Deque<Held> group = lane == null ? null : groups.get(lane);
    if (group == null) return;
    group.remove(message);
    if (group.isEmpty()) groups.remove(lane);
  }

  /**
   * Whether it is certainly hidden from others, and so is all that is before it in its group. A no
   * is for good: what it says no for is lost, with all behind it, whatever an answer that is on its
   * way may say.
   */
  boolean owns(Held message, long now) {
    if (message.lost || message.gone) return false;
    Held expired = message.isKept(now) ? null : message;
    String lane = message.lane();
    Deque<Held> group = lane == null ? null : groups.get(lane);
    if (group != null && group.contains(message)) expired = firstExpired(group, message, now);
    if (expired == null) return true;
    lose(expired, LATE);
    return false;
  }

  private static @Nullable Held firstExpired(Deque<Held> group, Held last, long now) {
    for (Held each : group) {
      if (!each.isKept(now)) return each;
      if (each == last) return null;
    }
    return null;
  }

  /** Gives up what is lost, renews what is due. */
  void step(long now) {
    while (!held.isEmpty() && held.first().due - now <= 0) {
      Held message = held.first();
      if (now - message.deadline >= 0) {
        lose(message, LATE);
      } else if (remaining(message, now) < visibility.toSeconds() / 4.0) {
        tooLong(message);
      } else {
        reschedule(message, message.deadline, message.deadline);
        waiting.add(message);
      }
    }
    while (!waiting.isEmpty() && underWay < calls.renewers() && trouble.isDue()) renewSome(now);
    giveBack();
  }

  /** What others have by now is left alone, and so is what came again, with another handle. */
  private void giveBack() {
    back.removeIf(h -> h.settled || latest.containsKey(h.sqsId));
    if (!back.isEmpty()) calls.giveBack(back);
    back.clear();
  }

  /** All that is not finished. */
  void giveBackAll() {
    calls.countAnew();
    giveBack();
    List<Held> rest = held.stream().filter(h -> !h.settled && latest.get(h.sqsId) == h).toList();
    if (!rest.isEmpty()) calls.giveBack(rest);
  }

  private static long remaining(Held message, long now) {
    return TimeUnit.NANOSECONDS.toSeconds(message.limit - now);
  }

  private void tooLong(Held message) {
    LOG.warn(
        "{}: {} has been held for {}, which is as long as SQS allows; it comes again, under the"
            + " same id",
        settings.name(),
        message,
        settings.longest());
    lose(message, "were held for as long as SQS allows");
    back.add(message);
  }

  private void reschedule(Held message, long deadline, long due) {
    held.remove(message);
    message.deadline = deadline;
    message.due = due;
    held.add(message);
  }

  private void renewSome(long now) {
    List<Held> batch = new ArrayList<>();
    while (batch.size() < 10 && !waiting.isEmpty()) {
      Held message = waiting.remove();
      if (message.isKept(now)) batch.add(message);
    }
    if (batch.isEmpty()) return;
    int[] seconds =
        batch.stream()
            .mapToInt(h -> (int) Math.max(1, Math.min(visibility.toSeconds(), remaining(h, now))))
            .toArray();
    underWay++;
    calls.renew(
        batch,
        seconds,
        (sentAt, answer, failure) -> {
          underWay--;
          if (answer == null) failed(batch, failure);
          else renewed(batch, seconds, sentAt, answer);
        });
  }

  private void failed(List<Held> batch, @Nullable Throwable failure) {
    Throwable cause = failure == null ? new IllegalStateException("no answer") : failure;
    for (int i = batch.size() - 1; i >= 0; i--) waiting.addFirst(batch.get(i));
    trouble.failed(
        AwsErrors.kind(cause),
        AwsErrors.text(
            settings.access(), SqsSettings.called(given), "sqs:ChangeMessageVisibility", cause));
  }

  private void renewed(
      List<Held> batch, int[] seconds, long sentAt, ChangeMessageVisibilityBatchResponse answer) {
    boolean well = true;
    for (BatchResultErrorEntry entry : answer.failed()) {
      AwsErrors.Kind kind = AwsErrors.kind(entry.code(), Boolean.TRUE.equals(entry.senderFault()));
      Held message = batch.get(Integer.parseInt(entry.id()));
      if (kind == AwsErrors.Kind.STALE || kind == AwsErrors.Kind.REFUSED) {
        if (held.contains(message)) lose(message, "went to others (" + entry.code() + ")");
        continue;
      }
      well = false;
      waiting.addFirst(message);
      trouble.failed(
          kind,
          AwsErrors.text(
              settings.access(),
              SqsSettings.called(given),
              "sqs:ChangeMessageVisibility",
              kind,
              String.valueOf(entry.code())));
    }
    answer.successful().stream()
        .mapToInt(entry -> Integer.parseInt(entry.id()))
        .forEach(i -> renewed(batch.get(i), sentAt, seconds[i]));
    if (well && !answer.successful().isEmpty()) trouble.over();
  }

  private void renewed(Held message, long sentAt, int seconds) {
    long nanos = TimeUnit.SECONDS.toNanos(seconds);
    // the answer may have waited for us for so long that we have said no for it, or would have
    if (held.contains(message) && !message.isKept(calls.now())) lose(message, LATE);
    if (held.contains(message)) {
      reschedule(message, sentAt + nanos, sentAt + nanos / 2);
    } else if (message.lost && !message.settled) {
      message.deadline = sentAt + nanos; // given up meanwhile: nobody would have it now
      back.add(message);
    }
  }

  private void lose(Held message, String why) {
    List<Held> behind = new ArrayList<>();
    String lane = message.lane();
    Deque<Held> group = lane == null ? null : groups.get(lane);
    if (group != null && group.contains(message)) {
      boolean after = false;
      for (Held each : group) {
        if (after) behind.add(each);
        after |= each == message;
      }
    }
    drop(message);
    behind.forEach(this::drop);
    say(1 + behind.size(), why);
    back.addAll(behind); // what SQS gives next of the group must be what was lost
  }

  private void drop(Held message) {
    message.lost = true;
    remove(message);
    onLoss.accept(message);
  }

  private void say(int count, String why) {
    if (lost == 0) {
      LOG.warn(
          "{}: {} messages held of {} {}; they come again, under the same ids",
          settings.name(),
          count,
          SqsSettings.called(given),
          why);
    } else {
      LOG.debug("{}: {} more messages of {} {}", settings.name(), count, given, why);
    }
    lost += count;
  }

  /** When the oldest that is held and not finished was sent; 0: there is none. */
  long oldestSent() {
    return held.stream()
        .filter(h -> !h.settled && h.sent > 0)
        .mapToLong(h -> h.sent)
        .min()
        .orElse(0);
  }
}
