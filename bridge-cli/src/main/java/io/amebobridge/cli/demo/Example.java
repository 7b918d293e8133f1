package io.amebobridge.cli.demo;

import java.io.IOException;
import java.util.BitSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One of the migration guide's examples, at its broker: what the application has there and sends,
 * what Amebo is told, and the bridge's mapping. Every message carries a number, so that each can be
 * found again. Thread-safe.
 */
public interface Example {
  /** Where messages are sent, for people, such as {@code topic user-events}. */
  String place();

  /** Makes at the broker what the application would have there. */
  void declare() throws IOException, InterruptedException;

  /** What Amebo is told before the bridge publishes. */
  Registrations registrations();

  /** The sources, routes and tests of a bridge.yaml. */
  String mapping();

  /**
   * Which of a partition's or queue's messages keep their order among each other: those for whom
   * this is the same. Null: there is no order to keep.
   */
  default @Nullable String ordered(int number) {
    return "";
  }

  /**
   * Connects lazily.
   *
   * @param acknowledged is counted up as the broker acknowledges
   */
  Producer producer(AtomicLong acknowledged);

  /** Sends numbered messages. Not thread-safe. */
  interface Producer extends AutoCloseable {
    /** Returns when the broker has them all durably; throws if it has not taken one. */
    void send(int from, int to) throws InterruptedException;

    /**
     * All of them, but from half-way in a trickle until it is over: what happens meanwhile happens
     * under load.
     */
    default void send(int from, int to, CountDownLatch over) throws InterruptedException {
      int count = to - from;
      int next = from + count / 2;
      send(from, next);
      while (!over.await(10, TimeUnit.MILLISECONDS) && next < to - count / 4) {
        int end = next + Math.max(1, count / 1000);
        send(next, end);
        next = end;
      }
      send(next, to);
    }

    /**
     * The numbers that the producer itself sent more than once, as it could not know whether the
     * broker had them: which of the two places is theirs is not for a bridge to say.
     */
    BitSet sentAgain();

    /**
     * Those of them to which the broker may give an identity of its own each time, so that each is
     * an event of its own.
     */
    default BitSet withNewIdentity() {
      return new BitSet();
    }

    @Override
    void close();
  }
}
