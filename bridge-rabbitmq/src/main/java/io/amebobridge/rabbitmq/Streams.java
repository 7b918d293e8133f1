package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Connection;
import io.amebobridge.core.SourceException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those of a source's queues that are streams, and their positions. Confined to one thread. */
final class Streams implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Streams.class);

  private final RabbitSettings settings;
  private final List<StreamCursor> cursors = new ArrayList<>();
  private @Nullable Positions positions;

  Streams(RabbitSettings settings) {
    this.settings = settings;
  }

  /** Finds where each stream goes on. Waits for the broker. */
  void open(Connection connection, List<QueueReader> readers)
      throws SourceException, InterruptedException {
    List<QueueReader> streams = readers.stream().filter(QueueReader::isStream).toList();
    if (streams.isEmpty()) {
      if (settings.streams().isGiven()) LOG.warn("{}: {}", settings.name(), unused(settings));
      return;
    }
    StreamSettings.Complete complete =
        settings.streams().complete(settings, streams.get(0).queue());
    Positions opened = Positions.open(settings, complete.positions());
    positions = opened;
    for (QueueReader reader : streams) {
      String queue = reader.queue();
      StreamPosition position = opened.get(queue);
      if (position == null) position = pin(connection, queue, complete.start());
      opened.put(queue, position);
      StreamCursor cursor = new StreamCursor(settings, queue, position);
      cursors.add(cursor);
      reader.reads(cursor);
    }
  }

  /**
   * Writes down where each begins: all of them are being read, and nothing was handed out yet.
   * Before that a start is not used up, so that one which can't be can be corrected.
   */
  void begin() throws SourceException {
    if (positions != null) positions.write();
  }

  /** Gives up what was not begun; writes nothing. */
  void abandon() {
    if (positions != null) positions.abandon();
    cursors.clear();
    positions = null;
  }

  /** What is said where start or positions are given and no stream is there. */
  static String unused(RabbitSettings settings) {
    return settings.place()
        + ".start and .positions mean nothing here: no queue is a stream, and RabbitMQ itself keeps"
        + " what was read of a queue";
  }

  private StreamPosition pin(Connection connection, String queue, StreamStart start)
      throws SourceException, InterruptedException {
    StreamPin pin =
        new StreamPin(
            new StreamProbe(connection, settings, queue), settings.streams().continueAfterLoss());
    try {
      StreamPosition position =
          Background.call("start-" + settings.name(), () -> pin.at(start)).get();
      LOG.info(
          "{}: stream {}: first start, {}: at offset {}",
          settings.name(),
          queue,
          start,
          position.next());
      return position;
    } catch (ExecutionException e) {
      throw new RabbitErrors(settings).ofConsuming(queue, e, false);
    }
  }

  /** The periodic work. */
  void step() {
    if (positions == null) return;
    for (StreamCursor cursor : cursors) positions.put(cursor.queue(), cursor.position());
    positions.step();
  }

  /** What is wrong with the positions, for people; null: nothing. */
  @Nullable String trouble() {
    return positions == null ? null : positions.trouble();
  }

  /** Writes down what is settled. */
  @Override
  public void close() {
    if (positions == null) return;
    for (StreamCursor cursor : cursors) positions.put(cursor.queue(), cursor.position());
    cursors.clear();
    positions.close();
    positions = null;
  }
}
