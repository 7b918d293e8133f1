package io.amebobridge.rabbitmq;

import io.amebobridge.core.SourceException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a stream is read, and whether what comes continues it: the first message of each
 * consumption is one that was seen before, where there is one. Confined to the pump's thread.
 */
final class StreamCursor {
  private static final Logger LOG = LoggerFactory.getLogger(StreamCursor.class);

  private final RabbitSettings settings;
  private final String queue;
  private StreamPosition position;
  private boolean anew;
  private @Nullable StreamPosition wanted;
  private boolean recognised;
  private boolean saidPassedOver;
  private long expected;
  private long end = -1;

  StreamCursor(RabbitSettings settings, String queue, StreamPosition position) {
    this.settings = settings;
    this.queue = queue;
    this.position = position;
    expected = position.next();
  }

  String queue() {
    return queue;
  }

  /** All before it is settled. */
  StreamPosition position() {
    return position;
  }

  /** The next offset to be handed out. */
  long expected() {
    return expected;
  }

  /** The stream's end, as far as it is known; -1: not. */
  long end() {
    return end < 0 ? -1 : Math.max(end, expected);
  }

  void endsAt(long offset) {
    end = offset;
  }

  /** A consumption begins; answers where. Null: at the first message, whichever that is. */
  @Nullable StreamPosition begin() {
    recognised = false;
    wanted = anew ? null : position;
    expected = position.next();
    return wanted;
  }

  /**
   * The next message has come.
   *
   * @param atKnown whether the consumption began at the known message, of which the broker has said
   *     that it is within the stream
   * @return whether it is to be handed out; false: it was settled before
   * @throws IOException where it is not clear what the stream is; another consumption may tell
   * @throws StreamChanged where the stream is another one
   * @throws SourceException where messages were removed, and that is not to be borne
   */
  boolean comes(StreamMessage message, boolean atKnown) throws IOException, SourceException {
    long offset = message.offset();
    if (!recognised) return recognise(message, atKnown);
    if (offset < expected) {
      throw new IOException("offset " + offset + " came after offset " + (expected - 1));
    }
    expected = offset + 1;
    return true;
  }

  private boolean recognise(StreamMessage message, boolean atKnown)
      throws IOException, SourceException {
    StreamPosition at = wanted;
    long offset = message.offset();
    if (at == null) {
      LOG.warn("{}: stream {} is read anew, from offset {}", settings.name(), queue, offset);
    } else {
      StreamMessage known = at.known();
      if (known != null && offset < known.offset()) {
        if (atKnown) return false; // a broker that sends the chunk from its start
        throw new IOException("it is not empty any more"); // now its end can be looked at
      }
      if (known != null && offset == known.offset() && !message.equals(known)) {
        throw new StreamChanged("has another message at offset " + offset + " than was read");
      }
      if (offset > at.next()) removed(at.next(), offset);
      else if (known != null && offset > known.offset()) {
        LOG.info(
            "{}: stream {}: offset {} is not there any more, nothing unread was removed",
            settings.name(),
            queue,
            known.offset());
      }
    }
    recognised = true;
    boolean isNew = at == null || offset >= at.next();
    expected = offset + 1;
    return isNew;
  }

  /** Messages were removed before they were read: from the first of these to before the second. */
  void removed(long from, long to) throws SourceException {
    String what =
        "%d messages of stream %s (offsets %d to %d) were removed before they were read"
            .formatted(to - from, queue, from, to - 1);
    if (!settings.streams().continueAfterLoss()) {
      throw SourceException.permanent(
          settings.place()
              + ": "
              + what
              + "; set "
              + settings.place()
              + ".lostOffsets: continue to go on at offset "
              + to,
          null);
    }
    LOG.warn("{}: {}; it goes on", settings.name(), what);
  }

  /** No message was there: from the first of these offsets to before the second. */
  void passedOver(long from, long to) {
    if (to - from == 1 || saidPassedOver) {
      LOG.debug(
          "{}: stream {} has no message at offset {} to {}", settings.name(), queue, from, to);
      return;
    }
    saidPassedOver = true;
    LOG.warn(
        "{}: stream {} has nothing at offsets {} to {} that RabbitMQ gives by AMQP: its own notes, or"
            + " compressed batches of its stream protocol, which the bridge can't read",
        settings.name(),
        queue,
        from,
        to - 1);
  }

  /** The stream is another one: all of it is read, where the user wants that. */
  void changed(StreamChanged what) throws SourceException {
    if (!settings.streams().continueAfterLoss()) {
      throw SourceException.permanent(
          "%s: stream %s %s; to read all that it has now, set %s.lostOffsets: continue"
              .formatted(settings.place(), queue, what.getMessage(), settings.place()),
          what);
    }
    anew = true;
  }

  /** This one is settled, and all before it. */
  void settled(StreamMessage message) {
    if (!anew && message.offset() < position.next()) return; // was settled on another channel
    anew = false;
    position = StreamPosition.after(message);
  }
}
