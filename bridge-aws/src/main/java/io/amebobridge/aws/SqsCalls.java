package io.amebobridge.aws;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Calls that wait for AWS, so that the pump's thread need not; what they bring is taken on the
 * pump's thread. Renewals have threads of their own, so that nothing else delays them. Thread-safe.
 */
final class SqsCalls implements AutoCloseable {
  static final int THREADS = 8;

  private final SqsHandOver handOver;
  private final ExecutorService usual;
  private final ThreadPoolExecutor renewals;
  private final ExecutorService fetches;

  /**
   * Without a thread yet.
   *
   * @param renewers renewals at once
   */
  SqsCalls(String name, SqsHandOver handOver, int renewers) {
    this.handOver = handOver;
    usual = pool("sqs-" + name, THREADS);
    renewals = pool("sqs-" + name + "-renew", renewers);
    fetches = pool("sqs-" + name + "-fetch", PayloadFetches.AHEAD);
  }

  /** Takes what a call brought: a result, or else a failure. On the pump's thread. */
  interface Taker<T> {
    void take(@Nullable T result, @Nullable Throwable failure);
  }

  <T> void call(Callable<T> call, Taker<T> taker) {
    submit(usual, call, taker);
  }

  <T> void renew(Callable<T> call, Taker<T> taker) {
    submit(renewals, call, taker);
  }

  /** Of S3, which may take longer than anything else. */
  <T> void fetch(Callable<T> call, Taker<T> taker) {
    submit(fetches, call, taker);
  }

  private <T> void submit(ExecutorService pool, Callable<T> call, Taker<T> taker) {
    try {
      pool.execute(
          () -> {
            try {
              T result = call.call();
              handOver.result(() -> taker.take(result, null));
            } catch (Exception | Error e) {
              handOver.result(() -> taker.take(null, e));
            }
          });
    } catch (RejectedExecutionException closed) {
      handOver.result(() -> taker.take(null, closed));
    }
  }

  /** How many renewals are sent at once. */
  int renewers() {
    return renewals.getMaximumPoolSize();
  }

  /** None begins any more; those under way go on. */
  void stopRenewals() {
    renewals.shutdown();
    renewals.getQueue().clear();
  }

  /** Whether none is under way, after they were stopped. */
  boolean renewalsEnded() {
    return renewals.isTerminated();
  }

  /** Those under way are cut off. */
  void cutRenewals() {
    renewals.shutdownNow();
  }

  private static ThreadPoolExecutor pool(String name, int threads) {
    AtomicInteger count = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, name + "-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** What is under way is interrupted, what waits is dropped. */
  @Override
  public void close() {
    usual.shutdownNow();
    renewals.shutdownNow();
    fetches.shutdownNow();
  }
}
