package io.amebobridge.server.delivery;

import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.Fence;
import io.amebobridge.server.store.Fenced;
import io.amebobridge.server.store.LogWriter;
import io.amebobridge.server.store.RecordDeliveries;
import io.amebobridge.server.store.StoreException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
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
  private long cursor;
  private boolean writing;
  private boolean dropped;
  private int failures;

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
    watermark.recorded(row.event());
    flush();
  }

  /** Writes nothing any more: what is left is another server's to find out. */
  void drop() {
    dropped = true;
    pending.clear();
  }

  /** Rows that are not yet on the disk. */
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

  private void flush() {
    if (!dropped && !writing && !pending.isEmpty()) {
      write();
    }
  }

  private void write() {
    writing = true;
    List<DeliveryRow> batch = List.copyOf(pending);
    RecordDeliveries change =
        new RecordDeliveries(
            subscription, batch, watermark.cursor(feed.position()), feed.position());
    Future.fromCompletionStage(writer.apply(new Fenced<>(fence, change)), context)
        .onSuccess(at -> succeeded(batch.size(), at))
        .onFailure(this::failed);
  }

  private void succeeded(int rows, long at) {
    if (dropped) {
      return;
    }
    writing = false;
    failures = 0;
    cursor = Math.max(cursor, at);
    pending.subList(0, rows).clear();
    flush();
    written.run();
  }

  private void failed(Throwable cause) {
    if (cause instanceof StoreException.LeaseLost) {
      refused.run();
      return;
    }
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
        });
  }
}
