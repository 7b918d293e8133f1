package io.amebobridge.client;

import java.io.IOException;
import java.util.List;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;

/**
 * A request body of JSON pieces, written one after the other without being joined in memory.
 *
 * <p>It is one-shot: OkHttp would otherwise send it a second time on its own after a cut connection
 * or a 408 or 503, and what became of the first time would be hidden from the caller.
 */
final class JsonBody extends RequestBody {
  // Exactly this: an upstream server refuses a charset parameter (418).
  private static final MediaType JSON = MediaType.get("application/json");
  private static final byte[] OPEN = {'['};
  private static final byte[] COMMA = {','};
  private static final byte[] CLOSE = {']'};

  private final List<byte[]> items;
  private final boolean array;

  private JsonBody(List<byte[]> items, boolean array) {
    this.items = items;
    this.array = array;
  }

  static JsonBody of(byte[] json) {
    return new JsonBody(List.of(json), false);
  }

  static JsonBody array(List<byte[]> items) {
    return new JsonBody(items, true);
  }

  @Override
  public MediaType contentType() {
    return JSON;
  }

  @Override
  public long contentLength() {
    long length = array ? 2L + Math.max(0, items.size() - 1) : 0;
    for (byte[] item : items) length += item.length;
    return length;
  }

  @Override
  public boolean isOneShot() {
    return true;
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    if (array) sink.write(OPEN);
    boolean first = true;
    for (byte[] item : items) {
      if (!first) sink.write(COMMA);
      sink.write(item);
      first = false;
    }
    if (array) sink.write(CLOSE);
  }
}
