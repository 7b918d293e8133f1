package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts to consume a stream where it was left. Waits for the broker. */
final class StreamConsuming {
  /** The argument that says where. */
  static final String FROM = "x-stream-offset";

  private static final Logger LOG = LoggerFactory.getLogger(StreamConsuming.class);

  private StreamConsuming() {}

  /**
   * Starts.
   *
   * @param wanted where; null: at the first message, whichever that is
   * @throws StreamChanged where this can't be the stream that was read
   */
  static StreamConsumption start(
      Connection connection,
      RabbitSettings settings,
      HandOver handOver,
      StreamCursor cursor,
      @Nullable StreamPosition wanted)
      throws IOException, InterruptedException {
    String queue = cursor.queue();
    if (!Consuming.look(connection, queue).isStream()) throw new Consuming.OtherType(false);
    StreamProbe stream = new StreamProbe(connection, settings, queue);
    Object from = from(stream, wanted);
    LOG.debug("{}: stream {} is read from {}", settings.name(), queue, from);
    StreamLook look = new StreamLook(stream, settings.name(), handOver);
    Channel channel = Channels.open(connection);
    StreamConsumption consumption =
        new StreamConsumption(channel, look, cursor, settings.prefetch(), from instanceof Long);
    boolean started = false;
    try {
      channel.basicQos(settings.prefetch(), false);
      String tag = Consuming.tag(settings);
      channel.basicConsume(queue, false, tag, false, false, Map.of(FROM, from), consumption);
      started = true;
      return consumption;
    } finally {
      if (!started) Channels.abort(channel);
    }
  }

  /**
   * The offset of a message that must be there, so that the first to come proves that the stream is
   * the same one. An offset beyond the end is not refused by the broker: nothing would ever come.
   */
  static Object from(StreamProbe stream, @Nullable StreamPosition wanted)
      throws IOException, InterruptedException {
    if (wanted == null || wanted.known() == null) return "first";
    Optional<StreamMessage> last = stream.last();
    if (last.isEmpty()) return "first"; // whatever comes then is compared
    long known = wanted.known().offset();
    if (last.get().offset() >= known) return known;
    String what = "ends at offset %d, before offset %d that was read";
    throw new StreamChanged(what.formatted(last.get().offset(), known));
  }
}
