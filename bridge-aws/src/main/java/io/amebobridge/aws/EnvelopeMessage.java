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

/**
 * What the core sees of a message that SNS has posted. Its id is the one that the same message has
 * in a queue, so that a move from one to the other repeats nothing. Stateless.
 */
final class EnvelopeMessage {
  private EnvelopeMessage() {}

  /** Without a lane: by HTTP there is no order. */
  static Message of(String source, SnsEnvelope envelope, TopicArn topic) {
    List<Header> headers = new ArrayList<>();
    Map<String, Object> attributes = new LinkedHashMap<>();
    SqsAttributes.add(envelope, headers, attributes);
    Map<String, Object> variables = new LinkedHashMap<>();
    variables.put("topic", topic.name());
    variables.put("topicArn", envelope.topicArn());
    variables.put("messageId", envelope.messageId());
    variables.put("attributes", attributes);
    if (envelope.subject() != null) variables.put("subject", envelope.subject());
    String system = "sns:" + topic.region() + ":" + topic.account();
    Origin origin =
        new Origin(
            source,
            null,
            timestamp(envelope),
            variables,
            new SourceCoordinates(system, topic.name(), null, null),
            null);
    byte[] body = envelope.message().getBytes(StandardCharsets.UTF_8);
    return new Message("sns:" + envelope.messageId(), topic.name(), null, body, headers, origin);
  }

  /** 1970 where it is not a time. */
  static Instant timestamp(SnsEnvelope envelope) {
    try {
      return Instant.parse(envelope.timestamp());
    } catch (DateTimeException notATime) {
      return Instant.EPOCH;
    }
  }
}
