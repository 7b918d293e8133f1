package io.amebobridge.server.store;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Which texts every database holds: PostgreSQL refuses U+0000 and half surrogate pairs. */
public final class Texts {
  private static final char REPLACEMENT = '\uFFFD';

  private Texts() {}

  public static boolean isStorable(String text) {
    return text.equals(storable(text));
  }

  /** With a replacement character for each that no database holds. */
  public static @Nullable String storable(@Nullable String text) {
    if (text == null) {
      return null;
    }
    StringBuilder changed = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (c == 0 || Character.isSurrogate(c)) {
        changed = changed == null ? new StringBuilder(text) : changed;
        changed.setCharAt(i, REPLACEMENT);
      }
    }
    return changed == null ? text : changed.toString();
  }

  /** Whether the bytes are UTF-8 in its shortest form, without U+0000. */
  public static boolean isStorable(byte[] utf8) {
    for (byte b : utf8) {
      if (b == 0) {
        return false;
      }
    }
    try {
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(utf8));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
