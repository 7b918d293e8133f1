package io.amebobridge.aws;

import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.Origin;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/** Makes of what was received the message that the core knows. Thread-safe. */
final class SqsMessage {
  /** SNS's are UUIDs; anything else was made up by somebody. */
  private static final Pattern SNS_ID = Pattern.compile("[A-Za-z0-9-]{1,100}");

  private final SqsSettings settings;
  private final SqsQueue queue;

  SqsMessage(SqsSettings settings, SqsQueue queue) {
    this.settings = settings;
    this.queue = queue;
  }

  /**
   * What was received.
   *
   * @param pointer where its payload is to be fetched: until then it is an error; null: nowhere
   */
  record Read(Message message, @Nullable PayloadPointer pointer) {}

  /** Never throws: what can't be understood is a message with an error (rule 7). */
  Read read(software.amazon.awssdk.services.sqs.model.Message received) {
    try {
      return understood(received);
    } catch (RuntimeException e) {
      String name = settings.seenAs(queue.name());
      String error = "it can't be understood: " + e.getClass().getSimpleName();
      Origin origin =
          new Origin(
              settings.name(),
              queue.isFifo() ? lane(name, group(received)) : null,
              Instant.EPOCH,
              Map.of("queue", name, "messageId", received.messageId()),
              coordinates(),
              error);
      byte[] body = String.valueOf(received.body()).getBytes(StandardCharsets.UTF_8);
      Message message =
          new Message("sqs:" + received.messageId(), name, null, body, List.of(), origin);
      return new Read(message, null);
    }
  }

  private static @Nullable String group(
      software.amazon.awssdk.services.sqs.model.Message received) {
    return received.attributes().get(MessageSystemAttributeName.MESSAGE_GROUP_ID);
  }

  private SourceCoordinates coordinates() {
    return new SourceCoordinates("sqs:" + account(), settings.seenAs(queue.name()), null, null);
  }

  private Read understood(software.amazon.awssdk.services.sqs.model.Message received) {
    byte[] body = received.body().getBytes(StandardCharsets.UTF_8);
    SnsEnvelope envelope = settings.envelopes() ? envelope(body) : null;
    String error = null;
    if (envelope != null && !envelope.type().equals("Notification")) {
      error =
          "it is SNS's own message of type %s about %s; see to the subscription"
              .formatted(envelope.type(), envelope.topicArn());
      envelope = null;
    }
    List<Header> headers = new ArrayList<>();
    Map<String, Object> attributes = new LinkedHashMap<>();
    SqsAttributes.add(received.messageAttributes(), headers, attributes);
    if (envelope != null) SqsAttributes.add(envelope, headers, attributes);
    ShadowSettings shadow = settings.shadow();
    if (error == null && shadow != null) error = shadow.strange(envelope);
    byte[] payload = envelope == null ? body : envelope.message().getBytes(StandardCharsets.UTF_8);
    LargePayload large = error == null ? LargePayload.of(payload, attributes) : null;
    if (large != null) error = large.error(settings.payloads());
    boolean fetch = large != null && settings.payloads().fetch();
    String name = settings.seenAs(queue.name());
    Map<MessageSystemAttributeName, String> system = received.attributes();
    String group = group(received);
    Origin origin =
        new Origin(
            settings.name(),
            queue.isFifo() ? lane(name, group) : null,
            timestamp(envelope, system),
            variables(received.messageId(), envelope, system, attributes),
            coordinates(),
            error);
    Message message =
        new Message(
            envelope == null ? "sqs:" + received.messageId() : "sns:" + envelope.messageId(),
            name,
            group == null ? null : group.getBytes(StandardCharsets.UTF_8),
            error == null ? payload : body,
            headers,
            origin);
    return new Read(message, fetch ? large.pointer() : null);
  }

  private static @Nullable SnsEnvelope envelope(byte[] body) {
    SnsEnvelope found = SnsEnvelope.parse(body);
    return found != null && SNS_ID.matcher(found.messageId()).matches() ? found : null;
  }

  /** Of a message group. */
  static String lane(String queue, @Nullable String group) {
    return queue + "/" + (group == null ? "" : group);
  }

  /** Region and account where the queue's ARN is known, else what the config says. */
  private String account() {
    String arn =
        queue
            .attributes()
            .get(software.amazon.awssdk.services.sqs.model.QueueAttributeName.QUEUE_ARN);
    if (arn == null) return settings.access().address();
    String[] parts = arn.split(":", 6);
    return parts.length == 6 ? parts[3] + ":" + parts[4] : arn;
  }

  private static Instant timestamp(
      @Nullable SnsEnvelope envelope, Map<MessageSystemAttributeName, String> system) {
    try {
      if (envelope != null) return Instant.parse(envelope.timestamp());
    } catch (DateTimeException notATime) {
      // SQS's own, below
    }
    String sent = system.get(MessageSystemAttributeName.SENT_TIMESTAMP);
    return sent == null ? Instant.EPOCH : Instant.ofEpochMilli(Long.parseLong(sent));
  }

  private Map<String, Object> variables(
      String sqsId,
      @Nullable SnsEnvelope envelope,
      Map<MessageSystemAttributeName, String> system,
      Map<String, Object> attributes) {
    Map<String, Object> variables = new LinkedHashMap<>();
    variables.put("queue", settings.seenAs(queue.name()));
    variables.put("messageId", envelope == null ? sqsId : envelope.messageId());
    variables.put("sqsMessageId", sqsId);
    variables.put("attributes", attributes);
    put(variables, "messageGroupId", system.get(MessageSystemAttributeName.MESSAGE_GROUP_ID));
    put(
        variables,
        "deduplicationId",
        system.get(MessageSystemAttributeName.MESSAGE_DEDUPLICATION_ID));
    put(variables, "sequenceNumber", system.get(MessageSystemAttributeName.SEQUENCE_NUMBER));
    String count = system.get(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT);
    if (count != null) variables.put("receiveCount", Integer.parseInt(count));
    if (envelope != null) {
      variables.put("topic", envelope.topicName());
      variables.put("topicArn", envelope.topicArn());
      put(variables, "subject", envelope.subject());
    }
    return variables;
  }

  private static void put(Map<String, Object> into, String name, @Nullable String value) {
    if (value != null) into.put(name, value);
  }
}
