package io.amebobridge.core.deadletter;

import java.util.concurrent.CompletionStage;

/** Takes copies of dead letters to a place of the user's. Thread-safe: several pumps share one. */
public interface DeadLetterCopies extends AutoCloseable {
  /**
   * Sends one copy. Never waits. The stage completes once the copy is durable there, or fails,
   * within a bounded time, with a message that names the place and the remedy: then the copy is not
   * known to be there.
   */
  CompletionStage<?> send(DeadLetter letter);

  @Override
  void close();
}
