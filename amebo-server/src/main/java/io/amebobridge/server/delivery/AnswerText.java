package io.amebobridge.server.delivery;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a receiver's answer as text; nothing is ever decompressed. Confined to one event
 * loop.
 */
final class AnswerText {
  static final int KEPT_BYTES = 4 << 10;
  static final int MOST_BYTES = 64 << 10;
  private final Buffer kept = Buffer.buffer();
  private @Nullable String encoding;
  private long bytes;

  /** Says that the body is encoded, as by gzip. */
  void encoding(@Nullable String header) {
    encoding = header == null || header.equalsIgnoreCase("identity") ? null : header;
  }

  /** False once there is more than anyone wants to read. */
  boolean add(Buffer part) {
    int room = Math.min(part.length(), KEPT_BYTES - kept.length());
    if (room > 0 && encoding == null) {
      kept.appendBuffer(part, 0, room);
    }
    bytes += part.length();
    return bytes <= MOST_BYTES;
  }

  /** Null where there was no body. */
  @Nullable String text() {
    if (bytes == 0) {
      return null;
    }
    return encoding == null
        ? clean(new String(kept.getBytes(), StandardCharsets.UTF_8))
        : "(encoded as " + clean(encoding) + ", not decoded)";
  }

  /** Without control characters, which terminals and databases trip over. */
  static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> Character.isISOControl(c) && c != '\n' && c != '\t' && c != '\r' ? 0xFFFD : c)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }
}
