package io.amebobridge.brokers;

import java.io.IOException;

/**
 * A broker in a process of its own, at an address that stays the same over restarts. Not
 * thread-safe.
 */
public interface Broker extends AutoCloseable {
  /** Starts it, or starts it again with the data it had; returns when clients can work. */
  void start() throws IOException, InterruptedException;

  /** As if the power had failed. */
  void kill9() throws IOException, InterruptedException;

  /** Asks it to stop in order, and waits. */
  void stop() throws IOException, InterruptedException;

  /** Freezes it: connections stay open and silent. */
  void pause() throws IOException, InterruptedException;

  /** The end of {@link #pause()}. */
  void resume() throws IOException, InterruptedException;

  /** Where clients connect to, such as {@code 127.0.0.1:19092}. */
  String endpoint();

  /** Ends the process; the data stays. */
  @Override
  void close();
}
