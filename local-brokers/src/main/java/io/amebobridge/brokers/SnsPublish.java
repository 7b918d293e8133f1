package io.amebobridge.brokers;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What {@link LocalSns} does with what is published: envelopes, signed, for each subscription. */
final class SnsPublish {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MOST_BYTES = 256 * 1024;

  private final LocalSns sns;
  private final SnsSigner signer;
  private final SnsDeliveries deliveries;

  SnsPublish(LocalSns sns, SnsSigner signer, SnsDeliveries deliveries) {
    this.sns = sns;
    this.signer = signer;
    this.deliveries = deliveries;
  }

  String one(SnsQuery query) {
    String topic = query.text("TopicArn");
    return told(publish(sns.topic(topic == null ? query.required("TargetArn") : topic), query));
  }

  String batch(SnsQuery query) {
    SnsTopic topic = sns.topic(query.required("TopicArn"));
    StringBuilder good = new StringBuilder();
    StringBuilder bad = new StringBuilder();
    for (SnsQuery entry : query.members("PublishBatchRequestEntries.member")) {
      String id = SnsQuery.element("Id", entry.required("Id"));
      try {
        String told = told(publish(topic, entry));
        good.append("<member>").append(id).append(told).append("</member>");
      } catch (LocalSns.Refusal e) {
        bad.append("<member>")
            .append(id)
            .append(SnsQuery.element("Code", e.code))
            .append(SnsQuery.element("Message", String.valueOf(e.getMessage())))
            .append("<SenderFault>true</SenderFault></member>");
      }
    }
    return "<Successful>" + good + "</Successful><Failed>" + bad + "</Failed>";
  }

  private static String told(SnsTopic.Published published) {
    String number = published.sequenceNumber();
    return SnsQuery.element("MessageId", published.messageId())
        + (number == null ? "" : SnsQuery.element("SequenceNumber", number));
  }

  private SnsTopic.Published publish(SnsTopic topic, SnsQuery query) {
    String text = query.required("Message");
    Map<String, LocalSns.Attribute> attributes = query.attributes();
    int size = bytes(text);
    for (var a : attributes.entrySet()) {
      size += bytes(a.getKey()) + bytes(a.getValue().type()) + bytes(a.getValue().value());
    }
    if (size > MOST_BYTES) {
      throw new LocalSns.Refusal("InvalidParameter", "Invalid parameter: Message too long");
    }
    String group = topic.fifo() ? query.required("MessageGroupId") : query.text("MessageGroupId");
    String deduplication = deduplication(topic, query, text);
    if (!topic.fifo()) return send(topic, query, text, attributes, group, null);
    synchronized (topic) { // numbered and on its way in one order
      return send(topic, query, text, attributes, group, deduplication);
    }
  }

  private SnsTopic.Published send(
      SnsTopic topic,
      SnsQuery query,
      String text,
      Map<String, LocalSns.Attribute> attributes,
      @Nullable String group,
      @Nullable String deduplication) {
    SnsTopic.Published published = topic.next(UUID.randomUUID().toString(), deduplication);
    if (published == null) return topic.before(String.valueOf(deduplication));
    for (SnsSubscription to : topic.subscriptions) {
      if (!to.admits(attributes, text)) continue;
      ObjectNode besides = JSON.createObjectNode();
      if (group != null) besides.put("MessageGroupId", group);
      if (topic.fifo()) besides.put("MessageDeduplicationId", deduplication);
      if (to.raw()) besides.set("MessageAttributes", SnsDeliveries.attributes(attributes));
      String body = to.raw() ? text : notification(topic, to, published, query, text, attributes);
      deliveries.send(to, "Notification", published.messageId(), body, besides);
    }
    return published;
  }

  private static @Nullable String deduplication(SnsTopic topic, SnsQuery query, String text) {
    String given = query.text("MessageDeduplicationId");
    if (!topic.fifo() || given != null) return given;
    if (topic.contentBased()) return hash(text);
    throw new LocalSns.Refusal(
        "InvalidParameter", "Invalid parameter: the topic wants a MessageDeduplicationId");
  }

  private static String hash(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private String notification(
      SnsTopic topic,
      SnsSubscription to,
      SnsTopic.Published published,
      SnsQuery query,
      String text,
      Map<String, LocalSns.Attribute> attributes) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("Type", "Notification");
    fields.put("MessageId", published.messageId());
    String number = published.sequenceNumber();
    if (number != null) fields.put("SequenceNumber", number);
    fields.put("TopicArn", topic.arn);
    String subject = query.text("Subject");
    if (subject != null) fields.put("Subject", subject);
    fields.put("Message", text);
    ObjectNode envelope = signed(topic, fields, !to.protocol.equals("sqs"));
    envelope.put(
        "UnsubscribeURL", sns.endpoint() + "/?Action=Unsubscribe&SubscriptionArn=" + to.arn);
    if (!attributes.isEmpty()) {
      ObjectNode all = envelope.putObject("MessageAttributes");
      attributes.forEach((n, a) -> all.putObject(n).put("Type", a.type()).put("Value", a.value()));
    }
    return envelope.toString();
  }

  /** Asks an endpoint to confirm, or tells it that it is subscribed no more. */
  void confirmation(SnsTopic topic, SnsSubscription to, String kind) {
    String type = kind + "Confirmation";
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("Type", type);
    fields.put("MessageId", UUID.randomUUID().toString());
    fields.put("Token", to.token);
    fields.put("TopicArn", topic.arn);
    fields.put(
        "Message",
        (kind.equals("Subscription")
                    ? "You have chosen to subscribe to the topic %s.\nTo confirm the subscription,"
                    : "You have chosen to deactivate subscription to %s.\nTo restore it,")
                .formatted(topic.arn)
            + " visit the SubscribeURL included in this message.");
    fields.put(
        "SubscribeURL",
        "%s/?Action=ConfirmSubscription&TopicArn=%s&Token=%s"
            .formatted(sns.endpoint(), topic.arn, to.token));
    String body = signed(topic, fields, true).toString();
    deliveries.send(to, type, fields.get("MessageId"), body, JSON.createObjectNode());
  }

  /** Of a queue's nobody looks at the signature, and it costs more than all the rest. */
  private ObjectNode signed(SnsTopic topic, Map<String, String> fields, boolean really) {
    fields.put("Timestamp", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
    fields.put("SignatureVersion", topic.signatureVersion());
    fields.put("Signature", really ? signer.sign(fields, topic.signatureVersion()) : "none");
    fields.put("SigningCertURL", sns.certificateUrl());
    ObjectNode envelope = JSON.createObjectNode();
    fields.forEach(envelope::put);
    return envelope;
  }
}
