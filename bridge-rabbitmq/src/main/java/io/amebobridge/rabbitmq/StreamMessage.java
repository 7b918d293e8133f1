package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which message of a stream: where it is, and what it is, since a stream that was deleted and made
 * again has the same offsets with other messages.
 *
 * @param fingerprint of what a producer has said, the same at each delivery
 */
record StreamMessage(long offset, long fingerprint) {
  private static final String OFFSET = "x-stream-offset";

  static StreamMessage of(Envelope envelope, BasicProperties properties, byte[] body)
      throws IOException {
    return new StreamMessage(offset(properties), fingerprint(envelope, properties, body));
  }

  /** As the broker says with each message of a stream. */
  static long offset(BasicProperties properties) throws IOException {
    Map<String, Object> headers = properties.getHeaders();
    Object offset = headers == null ? null : headers.get(OFFSET);
    if (offset instanceof Long found) return found;
    throw new IOException("a message of a stream has no offset: its " + OFFSET + " is " + offset);
  }

  /** Headers are left out: they change their types when RabbitMQ changes its inner format. */
  private static long fingerprint(Envelope envelope, BasicProperties properties, byte[] body) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      add(digest, envelope.getExchange());
      add(digest, envelope.getRoutingKey());
      add(digest, properties.getMessageId());
      add(
          digest,
          properties.getTimestamp() == null
              ? null
              : properties.getTimestamp().toInstant().toString());
      digest.update(body);
      return ByteBuffer.wrap(digest.digest()).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** With its length, so that no two lists of texts give the same bytes. */
  private static void add(MessageDigest digest, @Nullable String text) {
    byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(4).putInt(text == null ? -1 : bytes.length).flip());
    digest.update(bytes);
  }

  /** Sixteen digits. */
  String mark() {
    return HexFormat.of().toHexDigits(fingerprint);
  }

  static long parseMark(String mark) {
    return HexFormat.fromHexDigitsToLong(mark);
  }

  @Override
  public String toString() {
    return offset + "#" + mark();
  }
}
