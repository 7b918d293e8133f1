package io.amebobridge.server.delivery;

import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.LogWriter;
import io.amebobridge.server.store.RecordDeliveries;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one subscription's results, batch by batch: what comes in while a batch is being written
 * is the next batch. A failed write is repeated until it succeeds. Confined to one event loop.
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
  private final Watermark watermark;
  private final Feed feed;
  private final Runnable written;
  private final List<DeliveryRow> pending = new ArrayList<>();
  private long cursor;
  private long reach; // none before the first write
  private long movedAt;
  private boolean ending;
  private boolean writing;
  private int failures;

  Recorder(
      Vertx vertx,
      Context context,
      LogWriter writer,
      long subscription,
      Watermark watermark,
      Feed feed,
      Runnable written) {
    this.vertx = vertx;
    this.context = context;
    this.writer = writer;
    this.subscription = subscription;
    this.watermark = watermark;
    this.feed = feed;
    this.written = written;
    this.cursor = feed.position();
  }

  void add(DeliveryRow row) {
    pending.add(row);
    watermark.recorded(row.event());
    flush();
  }

  /** Rows that are not yet on the disk. */
  int pending() {
    return pending.size();
  }

  boolean idle() {
    return pending.isEmpty() && !writing;
  }

  /** Writes the cursor where it has moved over events that were not ours. */
  void saveCursor() {
    if (idle() && watermark.cursor(feed.position()) > cursor) {
      write();
    }
  }

  /** From now on every write moves the cursor. */
  void end() {
    ending = true;
    saveCursor();
  }

  private void flush() {
    if (!writing && !pending.isEmpty()) {
      write();
    }
  }

  private void write() {
    writing = true;
    List<DeliveryRow> batch = List.copyOf(pending);
    RecordDeliveries change = moves() ? moving(batch) : RecordDeliveries.of(subscription, batch);
    Future.fromCompletionStage(writer.apply(change), context)
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
    writing = false;
    failures = 0;
    cursor = Math.max(cursor, at);
    pending.subList(0, rows).clear();
    flush();
    if (ending) {
      saveCursor();
    }
    written.run();
  }

  private void failed(Throwable cause) {
    reach = 0; // it may not be stored
    failures++;
    if (failures == 1) {
      log.warn("Results of subscription {} could not be written; trying on", subscription, cause);
    } else {
      log.debug("Results of subscription {} not written, time {}", subscription, failures, cause);
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
