package io.amebobridge.server.store;

import java.time.Duration;

/**
 * How long a writer on PostgreSQL waits, and how long the server waits for it.
 *
 * @param lock for the other instances' writers; then the group fails and nothing of it is stored
 * @param idle the server ends a session that stands still within its transaction, so that a frozen
 *     instance does not hold up the others; shorter than {@code lock}
 * @param statement for one statement, counting the lock
 * @param socket for an answer on the connection, where the network itself says nothing; longer than
 *     the others
 */
record WriterTimeouts(Duration lock, Duration idle, Duration statement, Duration socket) {
  static final WriterTimeouts DEFAULT =
      new WriterTimeouts(
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(45));
}
