package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What is published, and where to. The array must not be changed. */
record Publication(String exchange, String routingKey, BasicProperties properties, byte[] body) {
  private static final int LONGEST_NAME = 255;

  /**
   * Why no broker would take it, else null. What the client refuses while it writes is known before
   * that, since it would leave the numbers of confirms wrong.
   *
   * @param frameMax of the connection; 0: no limit
   * @param maxBytes that the broker has told to be its limit of a body
   */
  @Nullable String unfit(int frameMax, long maxBytes) {
    if (body.length > maxBytes) return tooLarge(body.length, maxBytes);
    if (tooLong(exchange)) return "the exchange's name has more than 255 bytes";
    if (tooLong(routingKey)) return "the routing key has more than 255 bytes";
    try {
      int size = properties.toFrame(1, body.length).size();
      if (frameMax == 0 || size <= frameMax) return null;
      return "the properties and headers have %d bytes, a frame of RabbitMQ's at most %d (frame_max);"
              .formatted(size, frameMax)
          + " map fewer headers";
    } catch (IOException | IllegalArgumentException e) {
      return "the properties or headers can't be written: " + e.getMessage();
    }
  }

  static String tooLarge(long bytes, long maxBytes) {
    return "the body has %d bytes, RabbitMQ takes at most %d (max_message_size);"
            .formatted(bytes, maxBytes)
        + " raise that, or map a smaller body";
  }

  static boolean tooLong(String shortString) {
    return shortString.length() > LONGEST_NAME
        || shortString.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME;
  }

  /** The bytes it takes, about. */
  int size() {
    return body.length + 512;
  }

  /** Without the body, and without headers. */
  @Override
  public String toString() {
    return "exchange \"" + exchange + "\" with routing key \"" + routingKey + "\"";
  }
}
