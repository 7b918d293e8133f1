package io.amebobridge.rabbitmq;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then where a stream ends, for the lag; and notices a consumer that gets nothing
 * although there is something: the broker does not promise to say so when it has lost track of one
 * (its own source has an open task to watch a stream's process that is started again). Confined to
 * the pump's thread.
 */
final class StreamWatch {
  private static final Logger LOG = LoggerFactory.getLogger(StreamWatch.class);
  private static final long USUAL_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long SOON_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final StreamCursor cursor;
  private final Supplier<CompletableFuture<Optional<StreamMessage>>> last;
  private @Nullable CompletableFuture<Optional<StreamMessage>> looking;
  private long since = System.nanoTime();
  private long pause = SOON_NANOS;
  private long suspected = -1;

  /**
   * For one consumption.
   *
   * @param last looks where the stream ends, and wakes the pump
   */
  StreamWatch(StreamCursor cursor, Supplier<CompletableFuture<Optional<StreamMessage>>> last) {
    this.cursor = cursor;
    this.last = last;
  }

  /**
   * Whether nothing comes although there is something.
   *
   * @param waits whether the broker may send something, and nothing is on its way
   */
  boolean stalls(boolean waits) {
    if (looking == null) {
      if (System.nanoTime() - since >= pause) looking = last.get();
      return false;
    }
    if (!looking.isDone()) return false;
    CompletableFuture<Optional<StreamMessage>> looked = looking;
    looking = null;
    since = System.nanoTime();
    pause = USUAL_NANOS;
    if (looked.isCompletedExceptionally()) {
      LOG.debug("the end of stream {} can't be found", cursor.queue());
      return false;
    }
    looked.join().ifPresent(l -> cursor.endsAt(l.offset() + 1));
    boolean suspect = waits && cursor.end() > cursor.expected();
    if (suspect && suspected == cursor.expected()) return true;
    suspected = suspect ? cursor.expected() : -1;
    if (suspect) pause = SOON_NANOS;
    return false;
  }
}
