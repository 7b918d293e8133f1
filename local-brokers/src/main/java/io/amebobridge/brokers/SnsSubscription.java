package io.amebobridge.brokers;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One subscription of {@link LocalSns}. Thread-safe. */
final class SnsSubscription {
  private static final JsonMapper JSON = JsonMapper.shared();

  final String topic;
  final String protocol;
  final String endpoint;
  final String arn;
  final String token = UUID.randomUUID().toString().replace("-", "");
  final Map<String, String> attributes = new ConcurrentHashMap<>();
  volatile boolean confirmed;

  /** Nothing more is delivered. */
  volatile boolean ended;

  SnsSubscription(String topic, String protocol, String endpoint) {
    this.topic = topic;
    this.protocol = protocol;
    this.endpoint = endpoint;
    arn = topic + ":" + UUID.randomUUID();
  }

  boolean raw() {
    return "true".equals(attributes.get("RawMessageDelivery"));
  }

  /** The queue for what could not be delivered; null: it is lost then, as with SNS. */
  @Nullable String deadLetterQueue() {
    String policy = attributes.get("RedrivePolicy");
    return policy == null ? null : JSON.readTree(policy).path("deadLetterTargetArn").asString();
  }

  /** What waits for a confirmation gets nothing else. */
  boolean admits(Map<String, LocalSns.Attribute> attributesOfMessage, String body) {
    if (!confirmed) return false;
    String policy = attributes.get("FilterPolicy");
    if (policy == null || policy.isBlank()) return true;
    JsonNode conditions = JSON.readTree(policy);
    if (!"MessageBody".equals(attributes.get("FilterPolicyScope"))) {
      return SnsFilter.admits(conditions, attributesOfMessage);
    }
    return SnsFilter.admits(conditions, json(body));
  }

  private static @Nullable JsonNode json(String body) {
    try {
      return JSON.readTree(body);
    } catch (tools.jackson.core.JacksonException e) {
      return null; // a policy on the body takes no other text
    }
  }
}
