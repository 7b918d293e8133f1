/**
 * Several servers on one database. Each is an instance that renews its row by the database's clock
 * ({@link io.amebobridge.server.cluster.Heartbeat}), drives the subscriptions it has leased ({@link
 * io.amebobridge.server.cluster.Leases}) and follows what the others commit and register ({@link
 * io.amebobridge.server.cluster.Follower}). The contract, numbered for the tests:
 *
 * <ol>
 *   <li>A result is written only under the token that its lease had when the call began: leases are
 *       taken, given back and checked inside the writers' transactions, which take one lock.
 *   <li>An instance begins no call later than its time to live, less a margin, after it sent its
 *       last successful renewal, by its own monotonic clock. Clocks are never compared.
 *   <li>Whoever takes a lease reads the subscription and its rows after that commit.
 *   <li>Each drives its share, and gives back what is more, call by call to the end.
 *   <li>Nothing is refused before it is known what the others had registered by then.
 *   <li>An event is passed over only by who knows its action.
 * </ol>
 */
@NullMarked
package io.amebobridge.server.cluster;

import org.jspecify.annotations.NullMarked;
