package io.amebobridge.server.admin;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** The lines that an export is made of. */
final class Ndjson {
  static final String FORMAT = "amebo-export";
  static final int VERSION = 1;
  static final String HEADER = "header";
  static final String END = "end";
  private static final int LONGEST_LINE = 512 << 20;
  private static final int BUFFER = 1 << 16;
  private static final int GZIP_FIRST = 0x1f;
  private static final int GZIP_SECOND = 0x8b;

  private Ndjson() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Buffered, and unpacked where it is packed. */
  static InputStream open(InputStream stream) throws IOException {
    BufferedInputStream in = new BufferedInputStream(stream, BUFFER);
    in.mark(2);
    boolean packed = in.read() == GZIP_FIRST && in.read() == GZIP_SECOND;
    in.reset();
    return packed ? new BufferedInputStream(new GZIPInputStream(in, BUFFER), BUFFER) : in;
  }

  /** The next line with its end; null at the end. A last line without an end is cut off. */
  static byte @Nullable [] line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    int next = in.read();
    while (next >= 0) {
      line.write(next);
      if (next == '\n') {
        return line.toByteArray();
      }
      if (line.size() > LONGEST_LINE) {
        throw new AdminException("a line is longer than " + LONGEST_LINE + " bytes");
      }
      next = in.read();
    }
    if (line.size() > 0) {
      throw new AdminException("the input ends in the middle of a line");
    }
    return null;
  }
}
