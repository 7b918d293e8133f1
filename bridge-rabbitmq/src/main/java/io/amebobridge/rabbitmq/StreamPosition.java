package io.amebobridge.rabbitmq;

import org.jspecify.annotations.Nullable;

/**
 * How far a stream is read: all before {@code next} is settled.
 *
 * @param next the offset to go on at
 * @param known a message by which the stream is recognised: the last that was settled, or on a
 *     first start the one to begin with; null where the stream was empty
 */
record StreamPosition(long next, @Nullable StreamMessage known) {
  /** Of a stream without a message. */
  static final StreamPosition EMPTY = new StreamPosition(0, null);

  /** This one is still to be read. */
  static StreamPosition before(StreamMessage first) {
    return new StreamPosition(first.offset(), first);
  }

  /** This one is settled, and all before it. */
  static StreamPosition after(StreamMessage settled) {
    return new StreamPosition(settled.offset() + 1, settled);
  }
}
