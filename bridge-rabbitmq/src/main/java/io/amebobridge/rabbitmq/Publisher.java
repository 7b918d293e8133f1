package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import io.amebobridge.core.Causes;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SinkException;
import io.amebobridge.core.SourceException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes with confirms, as mandatory, on one channel at a time; comes back by itself.
 *
 * <p>Its state belongs to a thread of its own, which never waits for the broker: all that is asked,
 * answered and lost arrives there as work, in the order in which it happened. A message that can't
 * go out now waits for the next attempt to connect and shares its fate; one that was written when a
 * channel ended is unavailable. {@link #publish} from any thread, the rest from one.
 */
final class Publisher implements ConfirmChannel.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
  private static final long TICK_MILLIS = 50;
  private static final long CLOSE_MILLIS = 2_000;

  /** Unconfirmed at once, all lanes together. */
  private static final int WINDOW = 512;

  private static final long WINDOW_BYTES = 16L << 20;
  private static final int NAMES_KEPT = 1_000;

  private final LinkSettings settings;
  private final long confirmNanos;
  private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
  private final Link link;
  private final Retry reopening;
  private final Deque<Sending.Lane> ready = new ArrayDeque<>();
  private final Deque<Sending.Lane> behindTheirLike = new ArrayDeque<>();
  private final Set<String> exchangesSeen = new HashSet<>();
  private @Nullable Connection blockedConnection;
  private String blockedBy = "";
  private @Nullable ConfirmChannel channel;
  private @Nullable CompletableFuture<ConfirmChannel> opening;
  private @Nullable Thread thread;

  /** Told by the broker; read by whoever has a smaller message to offer. */
  private volatile long maxBytes = Long.MAX_VALUE;

  private volatile boolean open;

  Publisher(LinkSettings settings, Duration confirmTimeout) {
    this.settings = settings;
    confirmNanos = confirmTimeout.toNanos();
    link = new Link(settings, this::watch, () -> inbox.add(() -> {}));
    reopening = new Retry(LOG, settings.name() + ": no channel to publish on");
  }

  /** What is done with the first connection, before anything is published; may wait for it. */
  interface Check {
    void check(Connection connection) throws SinkException, InterruptedException;
  }

  /** Waits for the connection, or for the reason why there is none; then begins to publish. */
  void open(Check check) throws SinkException, InterruptedException {
    if (open) throw new IllegalStateException("open already");
    try {
      Connection connection = link.open();
      check.check(connection);
      channel = channelOn(connection).get();
    } catch (SourceException e) {
      throw sinkException(e);
    } catch (ExecutionException e) {
      String why = settings.place() + ": RabbitMQ gives no channel: " + Causes.unwrap(e);
      throw SinkException.temporary(why, e);
    } finally {
      if (channel == null) link.abort();
    }
    start();
  }

  private CompletableFuture<ConfirmChannel> channelOn(Connection connection) {
    return Background.call(
        "channel-" + settings.name(),
        () -> ConfirmChannel.open(connection, settings.name(), inbox::add, this));
  }

  static SinkException sinkException(SourceException e) {
    String message = String.valueOf(e.getMessage());
    return e.temporary()
        ? SinkException.temporary(message, e)
        : SinkException.permanent(message, e);
  }

  /** Begins to publish, whether or not there is a connection yet. */
  void start() {
    open = true;
    thread = new Thread(this::run, "publisher-" + settings.name());
    thread.setDaemon(true);
    thread.start();
  }

  /** An exchange that was found to be there. */
  void seen(String exchange) {
    if (exchangesSeen.size() < NAMES_KEPT) exchangesSeen.add(exchange);
  }

  /** Larger bodies are refused; {@link Long#MAX_VALUE} until the broker has said so. */
  long maxBytes() {
    return maxBytes;
  }

  /** One result per message, in order. Never waits; the stage completes on the own thread. */
  CompletableFuture<List<SendResult>> publish(List<Outgoing> batch) {
    if (!open) return CompletableFuture.failedFuture(new IllegalStateException("not open"));
    Sending sending = new Sending(batch);
    inbox.add(() -> ready.addAll(sending.lanes()));
    // after the add: whatever comes later than the last look is nobody's any more
    if (!open) return CompletableFuture.failedFuture(new IllegalStateException("not open"));
    return sending.done();
  }

  private void run() {
    try {
      while (open) {
        Runnable first = inbox.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
        for (Runnable work = first; work != null; work = inbox.poll()) work.run();
        step();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      LOG.error("{}: publishing has ended by a fault of the bridge itself", settings.name(), e);
    } finally {
      end();
    }
  }

  /** Nobody waits for an answer any more. */
  private void end() {
    open = false;
    for (Runnable work = inbox.poll(); work != null; work = inbox.poll()) work.run();
    if (channel != null) channel.end(null, "the bridge stops");
    failWaiting(lane -> true, SendResult.unavailable("the bridge stops", null));
    if (opening != null) {
      var unused = opening.thenAccept(ConfirmChannel::discard);
    }
    link.abort();
  }

  private void step() {
    connect();
    openChannel();
    expire();
    if (link.get() != null && link.get() == blockedConnection) {
      SendResult full = SendResult.unavailable("RabbitMQ blocks publishers: " + blockedBy, null);
      failWaiting(lane -> true, full);
    }
    publishReady();
  }

  private void connect() {
    SendResult why = null;
    try {
      link.step();
      if (link.away() != null) why = SendResult.unavailable(link.away(), null);
    } catch (SourceException refused) {
      why = SendResult.denied(String.valueOf(refused.getMessage()));
    }
    Connection now = link.get();
    if (now == null && channel != null) channel.end(null, String.valueOf(link.away()));
    Long failed = link.failedAttempt();
    if (now != null || why == null || failed == null) return;
    // what came after an attempt had begun waits for the next
    failWaiting(lane -> lane.since() - failed <= 0, why);
  }

  private void openChannel() {
    Connection connection = link.get();
    if (opening != null && opening.isDone()) adopt(opening);
    if (connection == null || channel != null || opening != null || !reopening.isDue()) return;
    opening = channelOn(connection);
    var unused = opening.whenComplete((made, failure) -> inbox.add(() -> {}));
  }

  private void adopt(CompletableFuture<ConfirmChannel> done) {
    opening = null;
    try {
      ConfirmChannel made = done.join();
      if (made.isEnded()) return;
      channel = made;
      reopening.over();
    } catch (CompletionException e) {
      String why = "RabbitMQ gives no channel: " + Causes.unwrap(e);
      reopening.failed(why);
      failWaiting(lane -> true, SendResult.unavailable(why, null));
    }
  }

  private void expire() {
    if (channel == null) return;
    ConfirmChannel now = channel;
    List<ConfirmChannel.Unconfirmed> late = now.overdue(confirmNanos);
    long millis = TimeUnit.NANOSECONDS.toMillis(confirmNanos);
    for (ConfirmChannel.Unconfirmed each : late) {
      answered(each, PublishOutcome.overdue(each, millis));
    }
    if (late.isEmpty() || link.get() == blockedConnection) return;
    if (!now.isSilentSince(late.get(0).since)) {
      // else those that are not written yet would be, and come twice, before what is sent again
      now.end(null, "not all was confirmed within " + millis + " ms");
      return;
    }
    String why = "RabbitMQ has said nothing for " + millis + " ms";
    now.end(null, why);
    link.drop(why);
    failWaiting(lane -> true, SendResult.unavailable(why, null));
  }

  private void publishReady() {
    ConfirmChannel now = channel;
    if (now == null) return;
    while (now.count() < WINDOW && now.bytes() < WINDOW_BYTES) {
      Sending.Lane lane = ready.poll();
      if (lane == null) return;
      if (lane.current() instanceof Outgoing.Unfit unfit) {
        answered(lane, SendResult.rejected(unfit.why()));
      } else if (lane.current() instanceof Outgoing.Ready message) {
        String unfit = message.publication().unfit(now.frameMax(), maxBytes);
        if (unfit != null) answered(lane, SendResult.rejected(unfit));
        else if (now.isLikeOneUnderWay(message)) behindTheirLike.add(lane);
        else now.publish(lane, message);
      }
    }
  }

  private void failWaiting(Predicate<Sending.Lane> which, SendResult result) {
    ready.addAll(behindTheirLike);
    behindTheirLike.clear();
    for (Sending.Lane lane : ready) if (which.test(lane)) lane.take(result);
    ready.removeIf(Sending.Lane::isDone);
  }

  private void answered(Sending.Lane lane, SendResult result) {
    lane.take(result);
    if (!lane.isDone()) ready.add(lane);
  }

  @Override
  public void answered(ConfirmChannel.Unconfirmed message, SendResult result) {
    if (result.outcome() == SendResult.Outcome.ACCEPTED) seen(message.publication.exchange());
    answered(message.lane, result);
    ready.addAll(behindTheirLike);
    behindTheirLike.clear();
  }

  @Override
  public void ended(ConfirmChannel gone, @Nullable ShutdownSignalException signal, String why) {
    if (channel == gone) channel = null;
    PublishOutcome.Limit limit = PublishOutcome.limit(why);
    if (limit != null) maxBytes = limit.most();
    List<ConfirmChannel.Unconfirmed> left = gone.abandon();
    for (ConfirmChannel.Unconfirmed each : left) {
      answered(each, PublishOutcome.of(each, signal, why, exchangesSeen::contains));
    }
    boolean ours = link.get() == null || !open;
    if (!ours) reopening.failed(why + "; " + left.size() + " messages were under way");
  }

  /** On another thread. */
  private void watch(Connection connection) {
    maxBytes = Long.MAX_VALUE; // it may be another broker, or have another limit by now
    connection.addBlockedListener(
        reason -> inbox.add(() -> blocked(connection, String.valueOf(reason))),
        () -> inbox.add(() -> unblocked(connection)));
  }

  private void blocked(Connection connection, String reason) {
    blockedConnection = connection;
    blockedBy = reason;
    LOG.warn("{}: RabbitMQ blocks publishers, they wait: {}", settings.name(), reason);
  }

  private void unblocked(Connection connection) {
    if (blockedConnection != connection) return;
    blockedConnection = null;
    LOG.info("{}: RabbitMQ takes messages again", settings.name());
  }

  /** What is under way becomes unavailable; idempotent. */
  void close() {
    Thread running = thread;
    if (running == null) return;
    thread = null;
    open = false;
    inbox.add(() -> {});
    boolean interrupted = Thread.interrupted();
    try {
      running.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) Thread.currentThread().interrupt();
  }
}
