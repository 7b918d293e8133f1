package io.amebobridge.server.http;

import io.amebobridge.server.registry.Refusal;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/**
 * Runs what reads much, on fewer threads than the database has readers: however long lists take,
 * /ready and single rows are answered. Confined to one event loop; its threads are shared by all.
 */
final class Lists {
  private static final int THREADS = 3;
  private static final Semaphore ROOM = new Semaphore(256);
  private final WorkerExecutor threads;

  Lists(Vertx vertx) {
    threads = vertx.createSharedWorkerExecutor("amebo-lists", THREADS);
  }

  <T> Future<T> run(Callable<T> work) {
    if (!ROOM.tryAcquire()) {
      throw new Refusal(503, "too many lists at once");
    }
    return threads.executeBlocking(work, false).onComplete(done -> ROOM.release());
  }
}
