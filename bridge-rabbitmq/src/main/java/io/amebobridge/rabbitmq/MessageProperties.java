package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A message's properties under the names that the mapping sees. Stateless. */
final class MessageProperties {
  static final Set<String> NAMES =
      Set.of(
          "contentType",
          "contentEncoding",
          "deliveryMode",
          "priority",
          "correlationId",
          "replyTo",
          "expiration",
          "messageId",
          "timestamp",
          "type",
          "userId",
          "appId",
          "clusterId");

  private MessageProperties() {}

  /** Only those that are set. */
  static Map<String, Object> of(BasicProperties p) {
    Map<String, Object> all = new LinkedHashMap<>();
    put(all, "contentType", p.getContentType());
    put(all, "contentEncoding", p.getContentEncoding());
    put(all, "deliveryMode", p.getDeliveryMode());
    put(all, "priority", p.getPriority());
    put(all, "correlationId", p.getCorrelationId());
    put(all, "replyTo", p.getReplyTo());
    put(all, "expiration", p.getExpiration());
    put(all, "messageId", p.getMessageId());
    put(all, "timestamp", p.getTimestamp());
    put(all, "type", p.getType());
    put(all, "userId", p.getUserId());
    put(all, "appId", p.getAppId());
    put(all, "clusterId", p.getClusterId());
    return all;
  }

  private static void put(Map<String, Object> all, String name, @Nullable Object value) {
    if (value != null) all.put(name, TypedValues.plain(value));
  }
}
