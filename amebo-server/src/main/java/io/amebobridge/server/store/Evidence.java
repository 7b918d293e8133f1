package io.amebobridge.server.store;

import org.jspecify.annotations.Nullable;

/**
 * By what a transaction is found again where its commit failed: the last event that it stored, or
 * else a mark that it left. Neither where it may be applied again.
 *
 * @param transaction the database's number for it; it alone proves nothing, since a server that
 *     crashed gives the numbers anew that it had not yet written to its disk
 */
record Evidence(@Nullable LogEvent last, @Nullable String transaction, @Nullable Mark mark) {
  /**
   * What a transaction leaves: its number in the one row of the writer's run. A writer begins no
   * other transaction before it is decided, so the row has this number or it was not committed.
   *
   * @param number from 1
   */
  record Mark(String run, long number) {}
}
