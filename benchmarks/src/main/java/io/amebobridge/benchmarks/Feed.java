package io.amebobridge.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * A queue of its own at a broker, and who publishes to it. Not thread-safe; closing it deletes the
 * queue.
 */
interface Feed extends AutoCloseable {
  /** One message; returns when it is sent, or is on its way. */
  void publish(String body) throws Exception;

  /** Returns messages per second; the broker has confirmed them all. */
  double fill(int count, String body) throws Exception;

  /** Takes so many from the queue and does nothing with them; messages per second. */
  double drain(int count) throws Exception;

  /** The bridge's source that reads it, as JSON. */
  String source();

  /** Its route's action, which is {@code bench.made} in the end. */
  String action();

  /** The loop that reads it: its main class and the first of its arguments. */
  List<String> loop();

  /**
   * Publishes at a fixed rate, whatever becomes of it; how many.
   *
   * @param body is given when it was due, in System.nanoTime
   */
  default long openLoop(Duration time, int perSecond, LongFunction<String> body) throws Exception {
    long gap = TimeUnit.SECONDS.toNanos(1) / perSecond;
    long due = System.nanoTime() + gap;
    long end = due + time.toNanos();
    long count = 0;
    for (; due < end; due += gap) {
      long left = due - System.nanoTime();
      if (left > 0) TimeUnit.NANOSECONDS.sleep(left);
      publish(body.apply(due));
      count++;
    }
    return count;
  }

  @Override
  void close() throws IOException;
}
