/**
 * The event log and what belongs to it: one writer thread with group commit, readers beside it.
 *
 * <ol>
 *   <li>Only {@link io.amebobridge.server.store.LogWriter} writes, on its one thread.
 *   <li>An event's id is given inside its transaction: ids have no gaps and grow in commit order,
 *       so a reader that has seen id n has seen every id below n.
 *   <li>A future that the writer completes normally stands for a transaction that is on the disk.
 * </ol>
 */
@NullMarked
package io.amebobridge.server.store;

import org.jspecify.annotations.NullMarked;
