/**
 * Messages, and the interfaces by which they are read and written. Knows no broker.
 *
 * <h2>The contract of a source</h2>
 *
 * The testkit's {@code MessageSourceContract} and {@code MessageSinkContract} cite these numbers.
 *
 * <ol>
 *   <li><b>One thread</b> from open to close, except {@link
 *       io.amebobridge.core.MessageSource#wakeup()}. The only cross-thread structures are the
 *       pump's completion queue and, for push clients (RabbitMQ, webhooks), one bounded hand-over
 *       buffer sized to the prefetch.
 *   <li><b>Duty cycle.</b> The pump polls at least every 100 ms while anything is in flight, so
 *       leases and group membership live inside poll. {@code poll(0, …)} keeps them alive without
 *       reading.
 *   <li><b>Order.</b> Within a lane, source order, never overtaken. A lane's messages are in at
 *       most one batch in flight. A lane is a Kafka partition (or key), a FIFO message group, a
 *       queue; null is unordered. A retry blocks its lane only.
 *   <li><b>At least once, effectively once.</b> Unsettled work returns after close or crash. A
 *       message's id is deterministic from its source coordinates and goes out as Amebo's deduper,
 *       so that the server recognises a repeat. Kafka: {@code
 *       kafka:<clusterId>:<topicId>:<partition>:<offset>}. Where a source has no identity to give,
 *       the id is null and the log says so; it is never a hash of the body, since two equal
 *       messages may be two events. A message that becomes several events adds {@code #<action>}
 *       and {@code #<index>}.
 *   <li><b>There is no nack.</b> A message that can't be mapped or is rejected for good is settled
 *       after the dead-letter store has it durably. Every message received ends as accepted,
 *       filtered by a named rule, dead-lettered, or abandoned to its new owner, and the counters
 *       add up: {@code received = accepted + filtered + deadLettered + abandoned + inFlight}.
 *   <li><b>Outcomes.</b> Duplicate means accepted. Schema violation or unknown action: rejected.
 *       429, 5xx, timeout, IO: unavailable, retried for ever with full-jitter backoff that honours
 *       Retry-After, the lane blocked, the source kept alive and paused. 401 and 403, or a
 *       configured place that is not there: denied, the pump stops loudly and dead-letters nothing.
 *       3xx is a failure. More than a configured share of dead letters stops the pump too: the
 *       mapping is wrong, not the messages.
 *   <li><b>Poison surfaces.</b> A message the adapter can't parse is still a Delivery, with its raw
 *       bytes and {@link io.amebobridge.core.Origin#error()}. A null body (tombstone) is a value
 *       the route decides on.
 *   <li><b>Leaving in order.</b> On stop and on revocation: stop fetching, drain what is in flight
 *       within a deadline, settle, leave the rest to the broker.
 * </ol>
 *
 * <h2>The contract of a sink</h2>
 *
 * <ol start="9">
 *   <li><b>Results.</b> One result per message, in the batch's order. Accepted means durable. The
 *       whole stage failing means none was stored, or none is known to be; either may be sent again
 *       under the same id.
 *   <li><b>Order in a batch.</b> Messages of one lane are stored in the batch's order; after one
 *       that is unavailable or denied, no later one of its lane is stored.
 *   <li><b>Many batches.</b> Several batches may be under way at once; they never share a lane.
 * </ol>
 */
@NullMarked
package io.amebobridge.core;

import org.jspecify.annotations.NullMarked;
