package io.amebobridge.server.store;

/**
 * What became of one event that was given to the writer.
 *
 * @param id the stored event's id; for a duplicate or a conflict the id of the first one
 * @param timestamped when it was stored, in milliseconds since the epoch
 */
public record Appended(Outcome outcome, long id, long timestamped) {
  /** A conflict is another payload under the same action and deduper; it is not stored. */
  public enum Outcome {
    STORED,
    DUPLICATE,
    CONFLICT
  }
}
