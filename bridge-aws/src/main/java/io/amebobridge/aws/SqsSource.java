package io.amebobridge.aws;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.LaneStatus;
import io.amebobridge.core.MessageSource;
import io.amebobridge.core.SourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * Receives from queues. Confined to the pump's thread, except {@link #wakeup()}. What is settled is
 * deleted within about 100 ms where SQS takes it, and before close returns, which waits for that
 * for at most {@link #CLOSE}.
 */
final class SqsSource implements MessageSource {
  private static final Logger LOG = LoggerFactory.getLogger(SqsSource.class);

  /** Of everything that close waits for. */
  static final Duration CLOSE = Duration.ofSeconds(5);

  /** Of one answer, besides the wait of a long poll. */
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** Then SQS is away, and what is finished comes again. */
  private static final int CLOSE_FAILURES = 3;

  private final SqsSettings settings;
  private final SqsHandOver handOver = new SqsHandOver();
  private final List<QueueReader> readers = new ArrayList<>();
  private @Nullable AwsClients clients;
  private @Nullable SqsClient sqs;
  private @Nullable SqsClient polls;
  private @Nullable SqsCalls calls;
  private @Nullable WatchShadow watch;
  private boolean open;
  private int turn;

  SqsSource(SqsSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open() throws SourceException, InterruptedException {
    if (open) throw new IllegalStateException("open already");
    try {
      connect();
      if (watch != null) watch.open();
      find();
      open = true;
    } finally {
      if (!open) release();
    }
  }

  private void connect() throws SourceException {
    Renewers renewers = Renewers.of(settings);
    int connections = SqsCalls.THREADS + renewers.threads() + PayloadFetches.AHEAD;
    AwsClients made = new AwsClients(settings.access(), connections, ANSWER);
    clients = made;
    sqs = made.sqs();
    polls =
        made.polling(
            settings.receivers() * settings.queues().size(), settings.waitTime().plus(ANSWER));
    calls = new SqsCalls(settings.name(), handOver, renewers.threads());
    PayloadStore payloads =
        settings.payloads().fetch() ? new PayloadStore(settings.payloads(), made.s3()) : null;
    readers.clear();
    for (QueueName queue : settings.queues()) {
      QueueReader.Clients all = new QueueReader.Clients(sqs, polls, calls, payloads);
      readers.add(new QueueReader(settings, queue, all, handOver));
    }
    ShadowSettings shadow = settings.shadow();
    if (shadow != null) {
      watch = new WatchShadow(settings.name(), shadow, api(shadow, made, sqs), calls);
    }
  }

  private ShadowApi api(ShadowSettings shadow, AwsClients made, SqsClient sqs) {
    return new ShadowApi(settings.access(), shadow, sqs, made::sns);
  }

  /** All that can be found are read, if there is one; else throws why. */
  private void find() throws SourceException, InterruptedException {
    Map<QueueReader, SqsQueue> found = new LinkedHashMap<>();
    Map<QueueReader, Throwable> missing = new LinkedHashMap<>();
    SqsClient client = Objects.requireNonNull(sqs);
    for (QueueReader reader : readers) {
      Objects.requireNonNull(calls)
          .<SqsQueue>call(
              () -> look(client, reader.given()),
              (queue, failure) -> {
                if (queue != null) found.put(reader, queue);
                else if (failure != null) missing.put(reader, failure);
              });
    }
    waitFor(() -> found.size() + missing.size() == readers.size(), Long.MAX_VALUE / 2);
    if (found.isEmpty()) throw unfound(missing);
    String slow = Renewers.of(settings, found.values()).warning();
    if (slow != null) LOG.warn("{}: {}", settings.name(), slow);
    missing.forEach(QueueReader::failed);
    found.forEach(QueueReader::begin);
  }

  private SqsQueue look(SqsClient client, QueueName given) throws Exception {
    CreatedQueue created = watch == null ? null : watch.created();
    if (created == null) return SqsQueue.find(client, given, settings.visibility());
    return created.whenThere(() -> SqsQueue.find(client, created.at(), settings.visibility()));
  }

  /** What may pass comes first: then it is worth waiting. */
  private SourceException unfound(Map<QueueReader, Throwable> missing) {
    QueueReader said =
        readers.stream()
            .filter(r -> AwsErrors.kind(missing.get(r)).temporary())
            .findFirst()
            .orElse(readers.get(0));
    if (missing.get(said) instanceof SourceException known) return known;
    return AwsErrors.source(
        settings.access(),
        SqsSettings.called(said.given()),
        SqsPermissions.TO_FIND,
        missing.get(said));
  }

  @Override
  public List<Delivery> poll(int max, Duration maxWait)
      throws SourceException, InterruptedException {
    requireOpen();
    long deadline = System.nanoTime() + maxWait.toNanos();
    boolean woken = false;
    while (true) {
      work();
      List<Delivery> out = handOut(max);
      long left = deadline - System.nanoTime();
      if (!out.isEmpty() || max == 0 || woken || left <= 0) return out;
      woken = handOver.await(Math.min(left, SLICE_NANOS));
    }
  }

  /** The periodic work, which never waits for AWS. */
  private void work() throws SourceException {
    takeIn();
    if (watch != null) watch.step();
    long now = System.nanoTime();
    for (QueueReader reader : readers) reader.step(now);
  }

  private void takeIn() {
    handOver.takeResults().forEach(Runnable::run);
    for (Held arrival : handOver.takeArrivals()) arrival.reader.arrived(arrival);
  }

  /** No queue is always the first. */
  private List<Delivery> handOut(int max) {
    if (max <= 0) return List.of();
    List<Delivery> out = new ArrayList<>();
    turn = (turn + 1) % readers.size();
    for (int i = 0; i < readers.size(); i++) {
      readers.get((turn + i) % readers.size()).handOut(out, max);
    }
    return out;
  }

  @Override
  public boolean owns(Delivery delivery) {
    Held held = heldOf(delivery);
    return open && readers.contains(held.reader) && held.reader.owns(held);
  }

  @Override
  public void settle(Collection<Delivery> finished) {
    if (!open) return;
    for (Delivery delivery : finished) {
      Held held = heldOf(delivery);
      if (readers.contains(held.reader)) held.reader.settle(held);
    }
    readers.forEach(QueueReader::flush);
  }

  private static Held heldOf(Delivery delivery) {
    if (delivery.receipt() instanceof Held held) return held;
    throw new IllegalArgumentException("not a delivery of SQS: " + delivery.message());
  }

  @Override
  public void wakeup() {
    handOver.wake();
  }

  @Override
  public List<LaneStatus> lanes() {
    return open ? readers.stream().map(QueueReader::lane).toList() : List.of();
  }

  @Override
  public @Nullable String away() {
    if (watch != null && watch.away() != null) return watch.away();
    for (QueueReader reader : readers) {
      String why = reader.away();
      if (why != null) return why;
    }
    return null;
  }

  /**
   * Ends the long polls, deletes what is settled and gives back the rest. What SQS was about to
   * answer stays hidden for its visibility.
   */
  @Override
  public void close() {
    if (!open) return;
    open = false;
    boolean interrupted = Thread.interrupted();
    try {
      leave(System.nanoTime() + CLOSE.toNanos());
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      release();
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  private void leave(long deadline) throws InterruptedException {
    SqsCalls under = Objects.requireNonNull(calls);
    readers.forEach(QueueReader::stopReceiving);
    under.stopRenewals();
    // one that does not wait ends by itself: SQS may go on with one that is cut off
    if (settings.waitTime().isZero()) joinReceivers();
    Objects.requireNonNull(polls).close();
    joinReceivers();
    takeIn();
    int before = failedDeletes();
    // a renewal that comes after its message was given back would hide it again
    waitFor(() -> deleted(before) && under.renewalsEnded(), deadline - CLOSE.toNanos() / 3);
    under.cutRenewals();
    readers.forEach(QueueReader::giveBackRest);
    waitFor(() -> readers.stream().allMatch(QueueReader::isGivenBack), deadline);
    readers.forEach(QueueReader::sayWhatIsHidden);
  }

  private void joinReceivers() throws InterruptedException {
    long soon = System.nanoTime() + CLOSE.toNanos() / 10;
    for (QueueReader reader : readers) reader.joinReceivers(soon);
  }

  private boolean deleted(int before) {
    boolean done = true;
    for (QueueReader reader : readers) done &= reader.deleteRest();
    return done || failedDeletes() - before >= CLOSE_FAILURES;
  }

  private int failedDeletes() {
    return readers.stream().mapToInt(QueueReader::failedDeletes).sum();
  }

  /** Takes results until this is so, at most until then. */
  private void waitFor(BooleanSupplier done, long deadline) throws InterruptedException {
    while (true) {
      handOver.takeResults().forEach(Runnable::run);
      if (done.getAsBoolean()) return;
      long left = deadline - System.nanoTime();
      if (left <= 0) return;
      handOver.await(Math.min(left, SLICE_NANOS));
    }
  }

  private void release() {
    if (calls != null) calls.close();
    if (clients != null) clients.close();
  }

  private void requireOpen() {
    if (!open) throw new IllegalStateException("not open: " + this);
  }

  @Override
  public String toString() {
    return settings.toString();
  }
}
