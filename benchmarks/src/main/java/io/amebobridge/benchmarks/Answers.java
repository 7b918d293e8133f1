package io.amebobridge.benchmarks;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads HTTP/1.1 messages with a Content-Length, one after the other. Not thread-safe. */
final class Answers {
  private Buffer held = Buffer.buffer();

  /** Takes bytes; the status of the answer that is now complete, 0 where there is none yet. */
  int add(Buffer part) {
    Buffer all = held.length() == 0 ? part : held.appendBuffer(part);
    int end = headerEnd(all, 0);
    int length = end < 0 ? -1 : contentLength(all, 0, end);
    if (end < 0 || all.length() < end + 4 + length) {
      held = held.length() == 0 ? Buffer.buffer().appendBuffer(part) : all;
      return 0;
    }
    held = Buffer.buffer();
    return Integer.parseInt(all.getString(9, 12));
  }

  static int headerEnd(Buffer buffer, int from) {
    for (int i = from; i + 3 < buffer.length(); i++) {
      if (buffer.getByte(i) == '\r' && buffer.getByte(i + 2) == '\r') {
        return i;
      }
    }
    return -1;
  }

  static int contentLength(Buffer buffer, int from, int end) {
    String head =
        buffer.getString(from, end, StandardCharsets.ISO_8859_1.name()).toLowerCase(Locale.ROOT);
    int at = head.indexOf("content-length:");
    if (at < 0) {
      return 0;
    }
    int stop = head.indexOf('\r', at);
    return Integer.parseInt(head.substring(at + 15, stop < 0 ? head.length() : stop).strip());
  }
}
