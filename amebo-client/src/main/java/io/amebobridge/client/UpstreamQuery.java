package io.amebobridge.client;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import okhttp3.HttpUrl;

/**
 * An upstream server compares what stands in a query as it is on the wire: it decodes no percent
 * escapes, and ignores a parameter with a second {@code =}. So values are sent bare, and a deduper
 * is stored there in characters that can be: any other is written {@code ~} and two hex digits for
 * each of its UTF-8 bytes, {@code kafka:c:t:0:5~23order.placed}.
 */
final class UpstreamQuery {
  private static final String BARE = "-._:/@,";
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private UpstreamQuery() {}

  /** The deduper as it is stored on an upstream server; no two become the same. */
  static String stored(String deduper) {
    StringBuilder text = new StringBuilder(deduper.length() + 8);
    for (byte b : deduper.getBytes(StandardCharsets.UTF_8)) {
      if (isBare(b)) text.append((char) b);
      else text.append('~').append(HEX.toHexDigits(b));
    }
    return text.toString();
  }

  /**
   * Adds a parameter without escapes where its characters allow it. Servers that decode see the
   * same value.
   */
  static HttpUrl.Builder add(HttpUrl.Builder url, String name, String value) {
    boolean bare = value.getBytes(StandardCharsets.UTF_8).length == value.length();
    for (int i = 0; bare && i < value.length(); i++) {
      char c = value.charAt(i);
      bare = c == '~' || isBare((byte) c);
    }
    return bare ? url.addEncodedQueryParameter(name, value) : url.addQueryParameter(name, value);
  }

  private static boolean isBare(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || BARE.indexOf(b) >= 0;
  }
}
