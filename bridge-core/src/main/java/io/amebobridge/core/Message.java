package io.amebobridge.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message, on its way in or out. Immutable; the arrays must not be changed.
 *
 * @param id deterministic identity, the idempotency key (rule 4); null where the source has none
 * @param address where it was read from (topic, queue) or goes to (Amebo's action, a topic)
 * @param key the broker's key, or the ordering key on the way out
 * @param body null for a tombstone
 * @param headers in the broker's order, names may repeat
 * @param origin where it comes from; kept on the way out
 */
public record Message(
    @Nullable String id,
    String address,
    byte @Nullable [] key,
    byte @Nullable [] body,
    List<Header> headers,
    Origin origin) {
  public Message {
    headers = List.copyOf(headers);
  }

  /** The bytes it holds, for limits by size. */
  public int size() {
    int size = (body == null ? 0 : body.length) + (key == null ? 0 : key.length);
    for (Header h : headers) size += h.value() == null ? 0 : h.value().length;
    return size;
  }

  /** Bodies are never logged: they are not part of the text. */
  @Override
  public String toString() {
    return "Message[" + id + " " + address + " from " + origin.where() + "]";
  }
}
