package io.amebobridge.rabbitmq;

import java.io.IOException;
import java.util.Optional;

/**
 * Turns the start of a stream that was not read before into an offset, so that what comes while the
 * bridge is down is not skipped by a later start. Waits for the broker.
 */
final class StreamPin {
  private final StreamProbe stream;
  private final boolean continueAfterLoss;

  StreamPin(StreamProbe stream, boolean continueAfterLoss) {
    this.stream = stream;
    this.continueAfterLoss = continueAfterLoss;
  }

  /** That there is no such place. */
  static final class NoSuchStart extends IOException {
    private static final long serialVersionUID = 1L;

    NoSuchStart(String what) {
      super(what);
    }
  }

  StreamPosition at(StreamStart start) throws IOException, InterruptedException {
    if (start instanceof StreamStart.First) return before(stream.first());
    // first of all, so that what comes meanwhile is not skipped
    Optional<StreamMessage> last = stream.last();
    if (start instanceof StreamStart.Offset given) return at(given.offset(), last);
    if (start instanceof StreamStart.Time time) {
      Optional<StreamMessage> found = stream.at(time.at());
      if (found.isPresent()) return StreamPosition.before(found.get());
    }
    return after(last);
  }

  private static StreamPosition before(Optional<StreamMessage> first) {
    return first.map(StreamPosition::before).orElse(StreamPosition.EMPTY);
  }

  private static StreamPosition after(Optional<StreamMessage> last) {
    return last.map(StreamPosition::after).orElse(StreamPosition.EMPTY);
  }

  private StreamPosition at(long offset, Optional<StreamMessage> last)
      throws IOException, InterruptedException {
    long end = last.map(l -> l.offset() + 1).orElse(0L);
    if (offset > end) {
      throw new NoSuchStart("offset " + offset + " is beyond its end, offset " + end);
    }
    if (offset == end) return after(last);
    Optional<StreamMessage> found = stream.at(offset);
    if (found.isEmpty()) throw new NoSuchStart("offset " + offset + " can't be found");
    if (found.get().offset() == offset) return StreamPosition.before(found.get());
    // an offset may be one of the broker's own notes; or it was removed
    long first = stream.first().map(StreamMessage::offset).orElse(end);
    if (first <= offset || continueAfterLoss) return before(found);
    throw new NoSuchStart("offset " + offset + " was removed; its first is offset " + first);
  }
}
