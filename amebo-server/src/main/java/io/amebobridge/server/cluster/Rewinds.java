package io.amebobridge.server.cluster;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finishes rewinds that others have begun, a few at once, aside: they may take long, and nobody
 * else is to wait for them. Confined to the leases' thread.
 */
final class Rewinds implements AutoCloseable {
  static final int AT_ONCE = 4;
  private static final Logger log = LoggerFactory.getLogger(Rewinds.class);

  private final Consumer<Lease> finish;
  private final Executor thread;
  private final Runnable finished;
  private final Set<Long> underWay = new HashSet<>();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          AT_ONCE,
          task -> {
            Thread daemon = new Thread(task, "amebo-rewinds");
            daemon.setDaemon(true);
            return daemon;
          });

  /**
   * @param finish blocks until it is done; its lease fences what it writes
   * @param thread the leases'
   * @param finished whoever holds it by then may resume it
   */
  Rewinds(Consumer<Lease> finish, Executor thread, Runnable finished) {
    this.finish = finish;
    this.thread = thread;
    this.finished = finished;
  }

  boolean isUnderWay(long subscription) {
    return underWay.contains(subscription);
  }

  void begin(Lease lease) {
    underWay.add(lease.subscription());
    CompletableFuture<Void> unused =
        CompletableFuture.runAsync(() -> finish.accept(lease), threads)
            .handle((done, failure) -> failure)
            .thenAcceptAsync(failure -> ended(lease.subscription(), failure), thread);
  }

  private void ended(long subscription, @Nullable Throwable failure) {
    underWay.remove(subscription);
    if (failure == null) {
      finished.run();
    } else {
      log.atWarn()
          .addKeyValue("subscription", subscription)
          .setCause(failure)
          .log("A rewind is not finished; trying on");
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
