package io.amebobridge.server.delivery;

import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.Fence;
import io.amebobridge.server.store.Fenced;
import io.amebobridge.server.store.LogWriter;
import io.amebobridge.server.store.RecordDeliveries;
import io.amebobridge.server.store.StoreException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one subscription's results, batch by batch: what comes in while a batch is being written
 * is the next batch. A failed write is repeated until it succeeds or its fence refuses it. Confined
 * to one event loop.
 */
final class Recorder {
  private static final Logger log = LoggerFactory.getLogger(Recorder.class);
  private static final long RETRY_MILLIS = 500;
  private static final long MOVE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long REACH = 4096;
  private final Vertx vertx;
  private final Context context;
  private final LogWriter writer;
  private final long subscription;
  private final Fence fence;
  private final Watermark watermark;
  private final Feed feed;
  private final Runnable written;
  private final Runnable refused;
  private final List<DeliveryRow> pending = new ArrayList<>();
  private final Queue<Barrier> barriers = new ArrayDeque<>();
  private long added;
  private long onDisk;
  private long cursor;
  private long reach; // none before the first write
  private long movedAt;
  private boolean ending;
  private boolean writing;
  private boolean dropped;
  private int failures;

  private record Barrier(long rows, Promise<Void> reached) {}

  Recorder(
      Vertx vertx,
      Context context,
      LogWriter writer,
      long subscription,
      Fence fence,
      Watermark watermark,
      Feed feed,
      Runnable written,
      Runnable refused) {
    this.vertx = vertx;
    this.context = context;
    this.writer = writer;
    this.subscription = subscription;
    this.fence = fence;
    this.watermark = watermark;
    this.feed = feed;
    this.written = written;
    this.refused = refused;
    this.cursor = feed.position();
  }

  void add(DeliveryRow row) {
    if (dropped) {
      return;
    }
    pending.add(row);
    added++;
    watermark.recorded(row.event());
    flush();
  }

  /** Writes nothing any more: what is left is another server's to find out. */
  void drop() {
    dropped = true;
    pending.clear();
    for (Barrier b = barriers.poll(); b != null; b = barriers.poll()) {
      b.reached.fail("the subscription is another server's by now");
    }
  }

  /** Succeeds once all that was added before is on the disk. */
  Future<Void> flushed() {
    if (pending.isEmpty()) {
      return Future.succeededFuture();
    }
    Barrier barrier = new Barrier(added, Promise.promise());
    barriers.add(barrier);
    return barrier.reached.future();
  }

  /** How many rows are not yet on the disk. */
  int pending() {
    return pending.size();
  }

  boolean idle() {
    return dropped || (pending.isEmpty() && !writing);
  }

  /** Writes the cursor where it has moved over events that were not ours. */
  void saveCursor() {
    if (!dropped && idle() && watermark.cursor(feed.position()) > cursor) {
      write();
    }
  }

  /** From now on every write moves the cursor. */
  void end() {
    ending = true;
    saveCursor();
  }

  private void flush() {
    if (!dropped && !writing && !pending.isEmpty()) {
      write();
    }
  }

  private void write() {
    writing = true;
    List<DeliveryRow> batch = List.copyOf(pending);
    RecordDeliveries change = moves() ? moving(batch) : RecordDeliveries.of(subscription, batch);
    Future.fromCompletionStage(writer.apply(new Fenced<>(fence, change)), context)
        .onSuccess(at -> succeeded(batch.size(), at))
        .onFailure(this::failed);
  }

  /**
   * Not at every write: a row that changes at every commit has to be found among all its versions,
   * as long as anybody's snapshot keeps these. What is above the cursor is read again on resume.
   */
  private boolean moves() {
    return ending
        || pending.isEmpty()
        || feed.position() > reach
        || System.nanoTime() - movedAt > MOVE_NANOS;
  }

  private RecordDeliveries moving(List<DeliveryRow> batch) {
    movedAt = System.nanoTime();
    reach = feed.position() + REACH;
    return new RecordDeliveries(subscription, batch, watermark.cursor(feed.position()), reach);
  }

  private void succeeded(int rows, long at) {
    if (dropped) {
      return;
    }
    writing = false;
    failures = 0;
    cursor = Math.max(cursor, at);
    pending.subList(0, rows).clear();
    onDisk += rows;
    for (Barrier b = barriers.peek(); b != null && b.rows <= onDisk; b = barriers.peek()) {
      barriers.remove();
      b.reached.complete();
    }
    flush();
    if (ending) {
      saveCursor();
    }
    written.run();
  }

  private void failed(Throwable cause) {
    if (cause instanceof StoreException.LeaseLost) {
      refused.run();
      return;
    }
    reach = 0; // it may not be stored
    failures++;
    if (failures == 1) {
      log.atWarn()
          .addKeyValue("subscription", subscription)
          .setCause(cause)
          .log("Results could not be written; trying on");
    } else {
      log.atDebug()
          .addKeyValue("subscription", subscription)
          .addKeyValue("failures", failures)
          .setCause(cause)
          .log("Results could not be written again");
    }
    vertx.setTimer(
        RETRY_MILLIS,
        timer -> {
          writing = false;
          flush();
          written.run();
        });
  }
}
