package io.amebobridge.aws;

import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.Origin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message whose payload is in S3. Never is the pointer handed out as if it were the payload.
 * Immutable.
 *
 * @param pointer where it is; null: the message says that it is in S3, and not where
 */
record LargePayload(@Nullable PayloadPointer pointer) {
  /**
   * Whether a message is one.
   *
   * @param payload the body, taken out of SNS's envelope
   * @param attributes of the message, as values
   */
  static @Nullable LargePayload of(byte[] payload, Map<String, Object> attributes) {
    Object mark = null;
    for (String name : PayloadPointer.MARKS) {
      if (attributes.containsKey(name)) mark = attributes.get(name);
    }
    Optional<PayloadPointer> pointer = PayloadPointer.parse(payload, mark != null);
    if (pointer.isPresent()) return new LargePayload(pointer.get());
    boolean elsewhere = mark != null && !PayloadPointer.isOwnSize(mark.toString(), payload);
    return elsewhere ? new LargePayload(null) : null;
  }

  /** Why it can't be handed out as it is. */
  String error(LargePayloadSettings settings) {
    if (pointer == null) {
      return "its attributes say that its payload is in S3 ("
          + String.join(" or ", PayloadPointer.MARKS.stream().sorted().toList())
          + "), but its body does not say where in a form that is known";
    }
    if (settings.fetch()) return "its payload is in S3 (" + pointer + "), and not yet fetched";
    return "its payload is in S3 ("
        + pointer
        + "), which is not fetched; configure "
        + settings.place()
        + ": {buckets: ["
        + pointer.bucket()
        + "]}, then put this message into its queue again";
  }

  /** The message with what was fetched, and without what pointed there. */
  static Message fetched(Message message, byte[] payload) {
    List<Header> headers =
        message.headers().stream().filter(h -> !PayloadPointer.MARKS.contains(h.name())).toList();
    Origin o = message.origin();
    Map<String, Object> variables = new LinkedHashMap<>(o.variables());
    if (variables.get("attributes") instanceof Map<?, ?> attributes) {
      Map<Object, Object> rest = new LinkedHashMap<>(attributes);
      rest.keySet().removeAll(PayloadPointer.MARKS);
      variables.put("attributes", rest);
    }
    return with(
        message,
        payload,
        headers,
        new Origin(o.source(), o.lane(), o.timestamp(), variables, o.coordinates(), null));
  }

  /** The message with another error. */
  static Message refused(Message message, String error) {
    Origin o = message.origin();
    return with(
        message,
        message.body(),
        message.headers(),
        new Origin(o.source(), o.lane(), o.timestamp(), o.variables(), o.coordinates(), error));
  }

  private static Message with(
      Message message, byte @Nullable [] body, List<Header> headers, Origin origin) {
    return new Message(message.id(), message.address(), message.key(), body, headers, origin);
  }
}
