package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Connection;
import io.amebobridge.core.Message;
import io.amebobridge.core.SourceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks into a stream, which takes nothing away; writes no position. */
final class StreamInspect {
  private final RabbitSettings settings;
  private final Connection connection;
  private final List<String> facts;
  private final List<String> warnings;

  StreamInspect(
      RabbitSettings settings, Connection connection, List<String> facts, List<String> warnings) {
    this.settings = settings;
    this.connection = connection;
    this.facts = facts;
    this.warnings = warnings;
  }

  /**
   * Says what is there, and whether reading would go on.
   *
   * @param most so many messages at most
   * @return the first that would be read
   */
  List<Message> look(String queue, int most) throws SourceException, InterruptedException {
    StreamSettings.Complete complete = settings.streams().complete(settings, queue);
    Map<String, StreamPosition> known = Positions.read(settings, complete.positions());
    try {
      StreamProbe stream = new StreamProbe(connection, settings, queue);
      Optional<StreamMessage> first = stream.first();
      Optional<StreamMessage> last = stream.last();
      StreamPosition position = known.get(queue);
      boolean fresh = position == null;
      if (position == null) {
        boolean goOn = settings.streams().continueAfterLoss();
        position = new StreamPin(stream, goOn).at(complete.start());
      }
      String has =
          first.isEmpty() || last.isEmpty()
              ? "empty"
              : "offsets %d to %d".formatted(first.get().offset(), last.get().offset());
      long end = last.map(l -> l.offset() + 1).orElse(0L);
      facts.add(
          "stream %s: %s; %s at offset %d, up to %d messages ahead"
              .formatted(
                  queue,
                  has,
                  fresh ? "first start (" + complete.start() + ")" : "goes on",
                  position.next(),
                  Math.max(0, end - position.next())));
      return samples(stream, new StreamCursor(settings, queue, position), most);
    } catch (IOException e) {
      throw new RabbitErrors(settings).ofConsuming(queue, e, false);
    }
  }

  /** What the reading itself would see, with its judgement of what comes first. */
  private List<Message> samples(StreamProbe stream, StreamCursor cursor, int most)
      throws IOException, SourceException, InterruptedException {
    try {
      // one more: the last that was settled comes first
      return taken(
          cursor, stream.read(StreamConsuming.from(stream, cursor.begin()), most + 1), most);
    } catch (StreamChanged e) {
      cursor.changed(e);
      warnings.add("stream " + cursor.queue() + " " + e.getMessage() + "; all of it will be read");
      cursor.begin();
      return taken(cursor, stream.read("first", most + 1), most);
    }
  }

  private List<Message> taken(StreamCursor cursor, List<StreamProbe.Found> found, int most)
      throws IOException, SourceException {
    Incoming incoming = new Incoming(settings);
    List<Message> samples = new ArrayList<>();
    for (StreamProbe.Found f : found) {
      if (!cursor.comes(f.message(), true) || samples.size() >= most) continue;
      samples.add(
          incoming.message(cursor.queue(), f.envelope(), f.properties(), f.body(), f.message()));
    }
    return samples;
  }
}
