package io.amebobridge.core.deadletter;

/**
 * A dead letter as it lies in the store.
 *
 * @param id such as {@code 00000007-42}; never given twice, and growing
 */
public record StoredDeadLetter(String id, State state, DeadLetter letter) {
  /** What became of it since. */
  public enum State {
    /** Waits for somebody. */
    OPEN,
    /** Accepted at last. */
    REPLAYED,
    /** Given up on purpose. */
    DISCARDED
  }
}
