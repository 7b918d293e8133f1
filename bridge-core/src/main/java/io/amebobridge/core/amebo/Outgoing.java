package io.amebobridge.core.amebo;

import io.amebobridge.client.NewEvent;
import io.amebobridge.client.TraceParent;
import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns messages into events. Immutable. */
final class Outgoing {
  /** The names, quotes and numbers around an event's own bytes in a request, about. */
  private static final int OVERHEAD = 400;

  private final long maxPayloadBytes;
  private final boolean upstream;

  /**
   * A message on its way.
   *
   * @param index its place in the batch
   * @param lane null: unordered
   * @param bytes in a request, about
   */
  record Item(int index, @Nullable String lane, NewEvent event, int bytes) {}

  /**
   * @param maxPayloadBytes the server's limit; 0: unknown
   */
  Outgoing(long maxPayloadBytes, boolean upstream) {
    this.maxPayloadBytes = maxPayloadBytes;
    this.upstream = upstream;
  }

  /** Why this message can't become an event, else null. */
  @Nullable String unfit(Message message) {
    byte[] body = message.body();
    if (body == null) return null;
    if (maxPayloadBytes > 0 && body.length > maxPayloadBytes) {
      return "The payload has "
          + body.length
          + " bytes, the Amebo server takes at most "
          + maxPayloadBytes
          + "; raise the server's limit and restart the bridge, or map a smaller payload";
    }
    return text(body) == null
        ? "The payload is not UTF-8, as JSON must be; decode the body in the route's mapping"
        : null;
  }

  /** Only for what is not {@link #unfit}. A null body is the JSON value null. */
  Item item(int index, Message message) {
    byte[] body = message.body();
    String payload = body == null ? "null" : text(body);
    if (payload == null) throw new IllegalArgumentException("not UTF-8");
    NewEvent event =
        new NewEvent(
            message.address(),
            payload,
            deduper(message),
            key(message.key()),
            message.origin().coordinates(),
            null,
            traceparent(message));
    int bytes = message.size() + message.address().length() + OVERHEAD;
    return new Item(index, message.origin().lane(), event, bytes);
  }

  /** An upstream server's dedupers are unique across actions, so there the action is a part. */
  private @Nullable String deduper(Message message) {
    String id = message.id();
    if (id == null || !upstream) return id;
    String suffix = "#" + message.address();
    return id.endsWith(suffix) ? id : id + suffix;
  }

  /** The broker's message may have belonged to a trace; of two, neither is to be believed. */
  private static @Nullable String traceparent(Message message) {
    List<Header> sent =
        message.headers().stream()
            .filter(header -> header.name().equalsIgnoreCase(TraceParent.NAME))
            .toList();
    byte[] value = sent.size() == 1 ? sent.get(0).value() : null;
    return value == null
        ? null
        : TraceParent.parse(text(value)).map(TraceParent::toString).orElse(null);
  }

  private static @Nullable String key(byte @Nullable [] key) {
    if (key == null) return null;
    String text = text(key);
    return text != null ? text : Base64.getEncoder().encodeToString(key);
  }

  /** Null for what is not UTF-8. */
  private static @Nullable String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
