/**
 * The RabbitMQ adapter; only {@link io.amebobridge.rabbitmq.RabbitConnector} is public.
 *
 * <p>The client library pushes, on threads of its own; the pump pulls, on one. Between them is
 * {@code HandOver}, bounded by the prefetch. A queue is read by one {@code Consumption} after the
 * other, each on a channel of its own: a delivery tag belongs to its channel, so once the channel
 * has ended for whatever reason, all its receipts are stale, their messages are back in the queue
 * and come again. The client's automatic recovery is off: {@code Link} and {@code QueueReader} come
 * back by themselves.
 *
 * <p>Nothing is declared on the broker but by {@code DeclareShadow}, what the config names; nothing
 * is ever removed. What is asked of the management API is asked off the pump's thread.
 *
 * <p>Out to RabbitMQ goes everything by a {@code Publisher}, which has a thread of its own: the
 * client blocks who writes while the broker does not read. A lane has one message without a confirm
 * at a time, lanes go side by side. {@code RabbitSink} publishes messages, {@code
 * RabbitDeadLetters} copies of dead letters.
 */
@NullMarked
package io.amebobridge.rabbitmq;

import org.jspecify.annotations.NullMarked;
