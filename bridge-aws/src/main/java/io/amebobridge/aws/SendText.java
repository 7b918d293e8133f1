package io.amebobridge.aws;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Text as SQS takes it, for SNS too, whose queues would refuse it else: tab, line feed, carriage
 * return, U+0020 to U+D7FF, U+E000 to U+FFFD, U+10000 to U+10FFFF, and not empty. Stateless.
 */
final class SendText {
  private SendText() {}

  /** The text of these bytes, or null where they are not UTF-8. */
  static @Nullable String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException binary) {
      return null;
    }
  }

  /** Why it can't be sent, without a word of it; null where it can. */
  static @Nullable String unfit(String text) {
    if (text.isEmpty()) return "is empty, and SQS and SNS take nothing empty";
    int at = forbidden(text);
    if (at < 0) return null;
    return "has the character U+%04X at %d, which SQS does not take"
        .formatted(text.codePointAt(at), at);
  }

  static boolean fits(String text) {
    return !text.isEmpty() && forbidden(text) < 0;
  }

  /** With U+FFFD for each character that SQS does not take. */
  static String replaced(String text) {
    if (forbidden(text) < 0) return text;
    StringBuilder all = new StringBuilder(text.length());
    text.codePoints().forEach(c -> all.appendCodePoint(isForbidden(c) ? 0xFFFD : c));
    return all.toString();
  }

  /** The same JSON, with those characters escaped, and U+FFFD for half a character. */
  static String json(String json) {
    if (forbidden(json) < 0) return json;
    StringBuilder escaped = new StringBuilder(json.length() + 16);
    json.codePoints()
        .forEach(
            c -> {
              if (c == 0xFFFE || c == 0xFFFF) escaped.append("\\u%04x".formatted(c));
              else escaped.appendCodePoint(isForbidden(c) ? 0xFFFD : c);
            });
    return escaped.toString();
  }

  static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static int forbidden(String text) {
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      if (isForbidden(text.codePointAt(i))) return i;
    }
    return -1;
  }

  private static boolean isForbidden(int c) {
    boolean control = c < 0x20 && c != '\t' && c != '\n' && c != '\r';
    boolean loneSurrogate = c >= 0xD800 && c <= 0xDFFF;
    return control || loneSurrogate || c == 0xFFFE || c == 0xFFFF;
  }
}
