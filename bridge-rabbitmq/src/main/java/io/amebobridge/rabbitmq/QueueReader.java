package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.amebobridge.core.Causes;
import io.amebobridge.core.SourceException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one queue, by one consumption after the other: what ends one (the broker closes the
 * channel, the consumer is cancelled, the connection is lost) does not disturb the other queues.
 * Confined to the pump's thread.
 */
final class QueueReader {
  private static final Logger LOG = LoggerFactory.getLogger(QueueReader.class);

  private final RabbitSettings settings;
  private final String queue;
  private final HandOver handOver;
  private final Retry retry;
  private @Nullable Consumption current;
  private @Nullable CompletableFuture<Consumption> starting;
  private @Nullable Channel toClose;
  private @Nullable String away;
  private boolean wasThere;
  private boolean isStream;
  private boolean countsAttempts;
  private @Nullable StreamCursor stream;

  QueueReader(RabbitSettings settings, String queue, HandOver handOver) {
    this.settings = settings;
    this.queue = queue;
    this.handOver = handOver;
    String read = settings.consumed(queue);
    retry = new Retry(LOG, settings.name() + ": queue " + read + " is not being read");
  }

  String queue() {
    return queue;
  }

  /** Known after {@link #check}. */
  boolean isStream() {
    return isStream;
  }

  /** It is a stream, and how far it is read. */
  void reads(StreamCursor cursor) {
    stream = cursor;
  }

  @Nullable StreamCursor stream() {
    return stream;
  }

  @Nullable Consumption current() {
    return current;
  }

  /** Why it is not being read, for people; null: it is. */
  @Nullable String away() {
    return away;
  }

  /** Waits for the broker. Whatever is wrong with one queue is known before any is touched. */
  void check(Connection connection) throws SourceException, InterruptedException {
    try {
      Consuming.Found found =
          Background.call(
                  "check-" + settings.name(),
                  () -> Consuming.look(connection, settings.consumed(queue)))
              .get();
      isStream = found.isStream();
      countsAttempts = found.type() == Consuming.Type.OTHER;
    } catch (ExecutionException e) {
      throw new RabbitErrors(settings).ofConsuming(settings.consumed(queue), e, false);
    }
  }

  /** Waits until the broker has said yes, or why not. */
  void open(Connection connection) throws SourceException, InterruptedException {
    try {
      current = start(connection).get().adopt();
      wasThere = true;
    } catch (ExecutionException e) {
      if (!isAnew(e)) {
        throw new RabbitErrors(settings).ofConsuming(settings.consumed(queue), e, false);
      }
      open(connection);
    }
  }

  /** Whether the failure is that the stream is another one, which is read from its beginning. */
  private boolean isAnew(Throwable failure) throws SourceException {
    if (stream == null || !(Causes.unwrap(failure) instanceof StreamChanged changed)) {
      return false;
    }
    LOG.warn("{}: stream {} {}", settings.name(), queue, changed.getMessage());
    stream.changed(changed);
    return true;
  }

  /** Goes on with it; null: there is no connection now. */
  void step(@Nullable Connection connection) throws SourceException {
    Consumption now = current;
    if (now != null && now.end() == null) now.step();
    if (now != null && now.end() != null) lost(now, connection);
    if (starting != null && starting.isDone()) adopt(starting);
    if (connection != null && current == null && starting == null && retry.isDue()) {
      starting = start(connection);
    }
  }

  private void lost(Consumption gone, @Nullable Connection connection) {
    current = null;
    handOver.forget(gone);
    toClose = gone.channel();
    sayAttempt(gone.unsettled());
    if (connection == null || !connection.isOpen()) return; // said of the connection
    away = gone.end();
    retry.failed(
        away + "; " + gone.unsettled() + " messages were in flight, they are delivered again");
  }

  /** Once: the broker itself says nothing when it drops what has come too often. */
  private void sayAttempt(int inFlight) {
    if (!countsAttempts || inFlight == 0) return;
    countsAttempts = false;
    LOG.warn(
        "{}: queue {}: {} messages in flight return to it; if it has a delivery-limit, RabbitMQ"
            + " counts that each time, and drops or dead-letters what exceeds it",
        settings.name(),
        queue,
        inFlight);
  }

  private void adopt(CompletableFuture<Consumption> done) throws SourceException {
    starting = null;
    try {
      current = done.join().adopt();
      wasThere = true;
      away = null;
      retry.over();
    } catch (CompletionException e) {
      if (isAnew(e)) return;
      SourceException failure =
          new RabbitErrors(settings).ofConsuming(settings.consumed(queue), e, wasThere);
      if (!failure.temporary()) throw failure;
      away = failure.getMessage();
      retry.failed(String.valueOf(away));
    }
  }

  private CompletableFuture<Consumption> start(Connection connection) {
    Channel old = toClose;
    toClose = null;
    StreamCursor cursor = stream;
    StreamPosition from = cursor == null ? null : cursor.begin();
    CompletableFuture<Consumption> future =
        Background.call(
            "consume-" + settings.name(),
            () -> {
              // first, so that what it holds is back in its place in the queue
              if (old != null) Channels.abort(old);
              return cursor == null
                  ? Consuming.start(connection, settings, queue, handOver)
                  : StreamConsuming.start(connection, settings, handOver, cursor, from);
            });
    var unused = future.whenComplete((made, failure) -> handOver.wake());
    return future;
  }
}
