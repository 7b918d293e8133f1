package io.amebobridge.aws;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Names as {@code MessageGroupId} and {@code MessageDeduplicationId} may be: 1 to 128 letters,
 * digits and punctuation marks of ASCII. A name that is not like that is replaced by {@code
 * sha256:} and the digest of its bytes in hexadecimal: the same for each repeat. Stateless.
 */
final class FifoName {
  private static final Pattern ALLOWED = Pattern.compile("[!-~]{1,128}");

  private FifoName() {}

  static String of(String name) {
    return ALLOWED.matcher(name).matches() ? name : digest(name.getBytes(StandardCharsets.UTF_8));
  }

  /** Of a key, which may be no text. */
  static String of(byte[] name) {
    String text = SendText.utf8(name);
    return text == null ? digest(name) : of(text);
  }

  /** Whether this is a queue or a topic that keeps order. */
  static boolean isFifo(String queueOrTopic) {
    return queueOrTopic.endsWith(".fifo");
  }

  private static String digest(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "sha256:" + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
