package io.amebobridge.core.deadletter;

import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * Lines of JSON that know whether they are whole: the last field of each is a checksum of all
 * before it, so that what a crash left half written is never taken for a letter.
 */
final class Lines {
  private static final String FIELD = ",\"crc\":\"";
  private static final int TAIL = FIELD.length() + 8 + 2;

  private Lines() {}

  /** Sees one line at a time. */
  interface Visitor {
    /**
     * A line.
     *
     * @param line without its end
     * @param sound whether it is as it was written
     * @param end the offset after it
     * @return false to stop
     */
    boolean line(byte[] line, boolean sound, long end) throws IOException;
  }

  /** The line for a JSON object, with its checksum and its end. */
  static byte[] seal(String object) {
    byte[] open = object.substring(0, object.length() - 1).getBytes(StandardCharsets.UTF_8);
    String tail = FIELD + String.format("%08x", crc(open, open.length)) + "\"}\n";
    byte[] line = Arrays.copyOf(open, open.length + tail.length());
    byte[] tailBytes = tail.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(tailBytes, 0, line, open.length, tailBytes.length);
    return line;
  }

  static boolean isSound(byte[] line) {
    int open = line.length - TAIL;
    if (open < 1) return false;
    String tail = new String(line, open, TAIL, StandardCharsets.ISO_8859_1);
    return tail.equals(FIELD + String.format("%08x", crc(line, open)) + "\"}");
  }

  private static long crc(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return crc.getValue();
  }

  /**
   * Reads whole lines from the start, one in memory at a time. What comes after the last line end
   * is not a line: it is being written, or a crash cut it short.
   */
  static void read(Path file, Visitor visitor) throws IOException {
    // Not a channel's stream, which an interrupted thread could not read.
    try (InputStream in = new FileInputStream(file.toFile())) {
      ByteArrayOutputStream line = new ByteArrayOutputStream(1 << 12);
      byte[] buffer = new byte[1 << 16];
      long base = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        int from = 0;
        for (int i = 0; i < n; i++) {
          if (buffer[i] != '\n') continue;
          line.write(buffer, from, i - from);
          byte[] whole = line.toByteArray();
          line.reset();
          from = i + 1;
          if (!visitor.line(whole, isSound(whole), base + from)) return;
        }
        line.write(buffer, from, n - from);
        base += n;
      }
    }
  }
}
