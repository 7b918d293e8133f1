package io.amebobridge.aws;

import java.util.concurrent.TimeUnit;

/**
 * When a queue's receivers may ask for more: as long as less is held than the prefetch, and less
 * than so many bytes; after a failure one of them, after a pause. Thread-safe.
 */
final class ReceiveGate {
  private final Trouble trouble;
  private final long mostBytes;
  private int free;
  private long bytes;
  private boolean probing;
  private boolean closed;

  ReceiveGate(int prefetch, long mostBytes, Trouble trouble) {
    this.free = prefetch;
    this.mostBytes = mostBytes;
    this.trouble = trouble;
  }

  /**
   * Waits until something may be received.
   *
   * @return how much, at most so many; 0: closed
   */
  synchronized int reserve(int most) throws InterruptedException {
    while (!closed) {
      boolean failing = trouble.why() != null;
      long wait = trouble.waitNanos();
      if (free > 0 && bytes < mostBytes && wait <= 0 && !(failing && probing)) {
        probing = failing;
        int granted = Math.min(most, free);
        free -= granted;
        return granted;
      }
      wait(wait <= 0 ? 1_000 : TimeUnit.NANOSECONDS.toMillis(wait) + 1);
    }
    return 0;
  }

  /** So many of what was reserved were not received. */
  synchronized void release(int count) {
    if (count == 0) return;
    free += count;
    notifyAll();
  }

  /** A message of this size was received, or what is held has grown by so much. */
  synchronized void hold(int size) {
    bytes += size;
  }

  /** A message of this size is no longer held. */
  synchronized void letGo(int size) {
    free++;
    bytes -= size;
    notifyAll();
  }

  synchronized void succeeded() {
    trouble.over();
    probing = false;
    notifyAll();
  }

  synchronized void failed(AwsErrors.Kind kind, String why) {
    trouble.failed(kind, why);
    probing = false;
    notifyAll();
  }

  /** Whoever waits, and whoever comes, is sent away. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /** A pause that ends with the gate. */
  synchronized void pause(long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!closed) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) return;
      wait(left);
    }
  }
}
