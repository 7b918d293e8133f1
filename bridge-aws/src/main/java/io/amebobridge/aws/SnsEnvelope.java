package io.amebobridge.aws;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What SNS wraps around a message that is delivered without raw delivery ("Parsing message formats"
 * in the SNS developer guide). Immutable.
 *
 * @param type {@code Notification}, {@code SubscriptionConfirmation} or {@code
 *     UnsubscribeConfirmation}
 * @param messageId the message's identity: the same for each of SNS's retries and in every queue
 * @param subject null where it was published without
 * @param message what was published
 * @param timestamp ISO, as SNS wrote it
 * @param attributes by name, in SNS's order
 * @param fields all of the envelope's own texts, by SNS's names, for the signature
 */
record SnsEnvelope(
    String type,
    String messageId,
    String topicArn,
    @Nullable String subject,
    String message,
    String timestamp,
    Map<String, Attribute> attributes,
    Map<String, String> fields) {
  /** SNS writes no field twice and nothing behind the object: what has that was made by others. */
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Such as {@code String}, {@code Number}, {@code String.Array} or {@code Binary} (base64). */
  record Attribute(String type, String value) {}

  SnsEnvelope {
    attributes = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    fields = Map.copyOf(fields);
  }

  /**
   * The envelope, or null where the body is none: an object that has SNS's five fields as texts,
   * with a topic's ARN among them. A body that an application made up like that is taken for one.
   */
  static @Nullable SnsEnvelope parse(byte[] body) {
    if (body.length == 0 || !looksLikeAnObject(body)) return null;
    JsonNode root;
    try {
      root = JSON.readTree(body);
    } catch (JacksonException e) {
      return null;
    }
    if (!root.isObject()) return null;
    String type = text(root, "Type");
    String id = text(root, "MessageId");
    String topic = text(root, "TopicArn");
    String message = text(root, "Message");
    String timestamp = text(root, "Timestamp");
    if (type == null || id == null || topic == null || message == null || timestamp == null) {
      return null;
    }
    if (!topic.startsWith("arn:") || !topic.contains(":sns:")) return null;
    Map<String, String> fields = new LinkedHashMap<>();
    root.properties()
        .forEach(
            e -> {
              if (e.getValue().isString()) fields.put(e.getKey(), e.getValue().stringValue());
            });
    return new SnsEnvelope(
        type, id, topic, text(root, "Subject"), message, timestamp, attributes(root), fields);
  }

  private static boolean looksLikeAnObject(byte[] body) {
    for (byte b : body) {
      if (b == '{') return true;
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') return false;
    }
    return false;
  }

  private static Map<String, Attribute> attributes(JsonNode root) {
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> e : root.path("MessageAttributes").properties()) {
      String type = text(e.getValue(), "Type");
      String value = text(e.getValue(), "Value");
      if (type != null && value != null) attributes.put(e.getKey(), new Attribute(type, value));
    }
    return attributes;
  }

  private static @Nullable String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isString() ? value.stringValue() : null;
  }

  /** The topic's name, such as {@code orders} or {@code orders.fifo}. */
  String topicName() {
    return topicArn.substring(topicArn.lastIndexOf(':') + 1);
  }

  /** Bodies are never logged: they are not part of the text. */
  @Override
  public String toString() {
    return type + " " + messageId + " of " + topicArn;
  }
}
