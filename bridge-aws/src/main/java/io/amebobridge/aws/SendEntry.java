package io.amebobridge.aws;

import io.amebobridge.core.Message;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One message as an entry of a batch.
 *
 * @param lane messages of one lane keep their order; null: unordered
 * @param target the queue or topic, as it is named in the config
 * @param group {@code MessageGroupId}; null unless the target is FIFO
 * @param dedup {@code MessageDeduplicationId}; null unless the target is FIFO
 * @param size in bytes, as the services count: the body, and of attributes name, type and value
 */
record SendEntry(
    @Nullable String lane,
    String target,
    String body,
    Map<String, SendAttribute> attributes,
    @Nullable String group,
    @Nullable String dedup,
    int size) {

  static SendEntry of(
      @Nullable String lane,
      String target,
      String body,
      Map<String, SendAttribute> attributes,
      @Nullable String group,
      @Nullable String dedup) {
    int size = SendText.bytes(body);
    for (Map.Entry<String, SendAttribute> a : attributes.entrySet()) {
      size += a.getValue().size(a.getKey());
    }
    return new SendEntry(lane, target, body, attributes, group, dedup, size);
  }

  /**
   * The body is sent as it is; what is no text that SQS takes can't be sent. For a FIFO target the
   * group is the message's key, else its lane, else the one given; the deduplication id is the
   * message's id, or one of its own where it has none: it can't be told from a repeat.
   *
   * @param usualGroup null: a message without key and lane can't go to a FIFO target
   * @throws IllegalArgumentException what can't be sent, and why, without a word of it
   */
  static SendEntry of(Message message, String target, @Nullable String usualGroup) {
    if (message.id() != null && !message.id().isEmpty()) fit("the id", message.id());
    String body = body(message.body());
    boolean fifo = FifoName.isFifo(target);
    return of(
        message.origin().lane(),
        target,
        body,
        SendAttributes.of(message),
        fifo ? group(message, usualGroup) : null,
        fifo ? dedup(message.id()) : null);
  }

  private static String body(byte @Nullable [] body) {
    if (body == null || body.length == 0) {
      throw new IllegalArgumentException(
          "the body is empty, and SQS and SNS take no empty ones; map a payload");
    }
    String text = SendText.utf8(body);
    if (text == null) {
      throw new IllegalArgumentException(
          "the body is not UTF-8, and SQS and SNS take text only; map it to text, such as base64");
    }
    fit("the body", text);
    return text;
  }

  private static void fit(String what, String text) {
    String unfit = SendText.unfit(text);
    if (unfit != null) throw new IllegalArgumentException(what + " " + unfit);
  }

  private static String group(Message message, @Nullable String usual) {
    byte[] key = message.key();
    if (key != null && key.length > 0) return FifoName.of(key);
    String lane = message.origin().lane();
    if (lane != null && !lane.isEmpty()) return FifoName.of(lane);
    if (usual != null) return FifoName.of(usual);
    throw new IllegalArgumentException(
        "a FIFO queue or topic wants a message group, and the message has neither a key nor a lane;"
            + " configure messageGroup");
  }

  private static String dedup(@Nullable String id) {
    return id == null || id.isEmpty() ? UUID.randomUUID().toString() : FifoName.of(id);
  }

  /** Why it is too large, else null. */
  @Nullable String tooLarge(int limit, String whose) {
    if (size <= limit) return null;
    return "the message has %d bytes with its attributes, %s takes at most %d; map a smaller body"
        .formatted(size, whose, limit);
  }

  /** Without the body. */
  @Override
  public String toString() {
    return size + " bytes for " + target;
  }
}
