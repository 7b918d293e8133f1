package io.amebobridge.aws;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.LaneStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * Reads one queue: what goes wrong with it does not disturb the others. Confined to the pump's
 * thread; its receivers have threads of their own.
 */
final class QueueReader {
  private static final Logger LOG = LoggerFactory.getLogger(QueueReader.class);

  /** How often the ages of what is held are looked at. */
  private static final long AGES = TimeUnit.SECONDS.toNanos(10);

  /** Of what is held; more by what is received at once. */
  private static final long MOST_BYTES = 64L << 20;

  private final SqsSettings settings;
  private final QueueName given;
  private final SqsHandOver handOver;
  private final Clients clients;
  private final Trouble finding;
  private final Trouble receiving;
  private final ReceiveGate gate;
  private final VisibilityCalls visibility;
  private final Leases leases;
  private final Deletes deletes;
  private final Depth depth;
  private final Redrive redrive;
  private final @Nullable PayloadFetches payloads;
  private final Retention retention;
  private long agesSeen = System.nanoTime();
  private final Deque<Held> waiting = new ArrayDeque<>();
  private final List<Thread> receivers = new ArrayList<>();
  private @Nullable SqsQueue queue;
  private boolean looking;

  /**
   * What a source has for all of its queues.
   *
   * @param polls for receives only
   * @param payloads those in S3; null: they are not fetched
   */
  record Clients(SqsClient sqs, SqsClient polls, SqsCalls calls, @Nullable PayloadStore payloads) {}

  QueueReader(SqsSettings settings, QueueName given, Clients clients, SqsHandOver handOver) {
    this.settings = settings;
    this.given = given;
    this.clients = clients;
    this.handOver = handOver;
    String what = settings.name() + ": " + SqsSettings.called(given) + " is not being read";
    finding = new Trouble(LOG, what);
    receiving = new Trouble(LOG, what);
    gate = new ReceiveGate(settings.prefetch(), MOST_BYTES, receiving);
    visibility = new VisibilityCalls(clients.sqs(), clients.calls(), given, System::nanoTime);
    leases = new Leases(settings, given, visibility, this::uncount);
    deletes = new Deletes(settings, given, clients.sqs(), clients.calls(), this::gone);
    depth = new Depth(clients);
    redrive = new Redrive(settings, given);
    retention = new Retention(settings.name() + ": " + SqsSettings.called(given));
    PayloadStore store = clients.payloads();
    payloads =
        store == null ? null : new PayloadFetches(settings, store, clients.calls(), gate::hold);
  }

  QueueName given() {
    return given;
  }

  /** Begins to read it. */
  void begin(SqsQueue found) {
    queue = found;
    finding.over();
    visibility.url(found.url());
    deletes.url(found.url());
    leases.visibility(found.visibility());
    redrive.of(found);
    retention.of(found);
    if (found.unreadable() != null) {
      LOG.warn(
          "{}: the attributes of {} may not be read: messages are hidden for {} at a time; grant"
              + " sqs:GetQueueAttributes",
          settings.name(),
          SqsSettings.called(given),
          found.visibility());
    }
    for (int i = 1; i <= settings.receivers(); i++) {
      Thread thread =
          new Thread(
              new Receiver(settings, found, this, gate, clients.polls(), handOver),
              "sqs-" + settings.name() + "-" + given + "-" + i);
      thread.setDaemon(true);
      thread.start();
      receivers.add(thread);
    }
  }

  /** It can't be read now, and is tried again. */
  void failed(Throwable failure) {
    finding.failed(
        AwsErrors.kind(failure),
        AwsErrors.text(
            settings.access(), SqsSettings.called(given), SqsPermissions.TO_FIND, failure));
  }

  /** The periodic work, which never waits for AWS. */
  void step(long now) {
    if (queue == null) {
      lookAgain();
      return;
    }
    leases.step(now);
    deletes.step(now, false);
    depth.step(now, queue.url());
    if (payloads != null) payloads.step(now);
    if (now - agesSeen >= AGES) {
      agesSeen = now;
      retention.see(leases.oldestSent(), System.currentTimeMillis());
    }
  }

  private void lookAgain() {
    if (looking || !finding.isDue()) return;
    looking = true;
    clients
        .calls()
        .<SqsQueue>call(
            () -> SqsQueue.find(clients.sqs(), given, settings.visibility()),
            (found, failure) -> {
              looking = false;
              if (found != null) begin(found);
              else if (failure != null) failed(failure);
            });
  }

  /** It was received. */
  void arrived(Held message) {
    leases.add(message);
    redrive.arrived(message);
    if (deletes.knows(message)) {
      LOG.debug("{}: {} came again, it is deleted", settings.name(), message);
      settle(message);
    } else {
      waiting.add(message);
      if (payloads != null) payloads.add(message);
    }
  }

  /**
   * Hands out what waits; a payload that is not there yet blocks its lane only. What is not ours is
   * lost by the question.
   */
  void handOut(List<Delivery> out, int max) {
    long now = System.nanoTime();
    Set<String> blocked = new HashSet<>();
    Iterator<Held> all = waiting.iterator();
    while (out.size() < max && all.hasNext()) {
      Held next = all.next();
      String lane = next.lane();
      boolean owned = leases.owns(next, now);
      boolean ready = next.pointer == null && (lane == null || !blocked.contains(lane));
      if (owned && !ready) {
        if (lane != null) blocked.add(lane);
        continue;
      }
      all.remove();
      if (payloads != null) payloads.remove(next);
      if (owned) out.add(new Delivery(next.message, next));
    }
  }

  boolean owns(Held message) {
    return leases.owns(message, System.nanoTime());
  }

  /** Finished; also where others may have it by now, since nobody needs it any more. */
  void settle(Held message) {
    if (message.settled) return;
    message.settled = true;
    leases.leaveGroup(message);
    deletes.add(message);
  }

  void flush() {
    deletes.step(System.nanoTime(), false);
  }

  private void gone(Held message) {
    message.gone = true;
    leases.remove(message);
    uncount(message);
  }

  /** Room for another, unless it is still to be deleted. */
  private void uncount(Held message) {
    if (!message.counted || (message.settled && !message.gone)) return;
    message.counted = false;
    gate.letGo(message.message.size());
  }

  /** Depth, not position: SQS has none. */
  LaneStatus lane() {
    long messages = depth.messages();
    String name = settings.seenAs(given.name());
    Long left = retention.headroomSeconds(leases.oldestSent(), System.currentTimeMillis());
    Map<String, String> labels = Map.of("queue", name);
    return new LaneStatus(name, -1, messages < 0 ? -1 : 0, messages, labels, left);
  }

  /** Why it is not being read as it should; null: it is. */
  @Nullable String away() {
    if (finding.why() != null) return finding.why();
    if (receiving.why() != null) return receiving.why();
    if (deletes.trouble() != null) return deletes.trouble();
    String payload = payloads == null ? null : payloads.trouble();
    if (payload == null) return leases.trouble();
    if (blocked() < settings.prefetch()) return payload;
    return "%s; all %d places (prefetch) of %s are taken by messages that wait for S3: nothing else of it is received until S3 answers"
        .formatted(payload, settings.prefetch(), SqsSettings.called(given));
  }

  /** Those that wait for their payload, or for another's before them in their lane. */
  private int blocked() {
    Set<String> lanes = new HashSet<>();
    int count = 0;
    for (Held each : waiting) {
      String lane = each.lane();
      if (each.pointer != null && lane != null) lanes.add(lane);
      if (each.pointer != null || (lane != null && lanes.contains(lane))) count++;
    }
    return count;
  }

  /** Nothing more is received. */
  void stopReceiving() {
    gate.close();
  }

  void joinReceivers(long deadline) throws InterruptedException {
    for (Thread thread : receivers) {
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (millis > 0) thread.join(millis);
    }
  }

  /** True: all that is finished is deleted, or that does not work. */
  boolean deleteRest() {
    deletes.step(System.nanoTime(), true);
    return deletes.isIdle();
  }

  int failedDeletes() {
    return deletes.failures();
  }

  void giveBackRest() {
    leases.giveBackAll();
  }

  boolean isGivenBack() {
    return visibility.isIdle();
  }

  /** For the end: what stays hidden, and for how long. */
  void sayWhatIsHidden() {
    int count = visibility.notGivenBack();
    if (count == 0) return;
    long left = TimeUnit.NANOSECONDS.toSeconds(visibility.hiddenUntil() - System.nanoTime());
    LOG.warn(
        "{}: {} messages of {} could not be given back in time; SQS hides them from everybody for"
            + " up to {} s more",
        settings.name(),
        count,
        SqsSettings.called(given),
        Math.max(0, left) + 1);
  }
}
