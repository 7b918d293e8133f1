package io.amebobridge.aws;

import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.Origin;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the core sees of a message that SNS has posted. Its id is the one that the same message has
 * in a queue, so that a move from one to the other repeats nothing. Stateless.
 */
final class EnvelopeMessage {
  private static final int MOST_DIGITS = 60;

  private EnvelopeMessage() {}

  /** Without a lane: by HTTP there is no order. */
  static Message of(String source, SnsEnvelope envelope, TopicArn topic) {
    List<Header> headers = new ArrayList<>();
    Map<String, Object> attributes = new LinkedHashMap<>();
    envelope
        .attributes()
        .forEach(
            (name, a) -> {
              headers.add(header(name, a));
              attributes.put(name, typed(a));
            });
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

  private static Header header(String name, SnsEnvelope.Attribute attribute) {
    if (attribute.type().startsWith("Binary")) {
      try {
        return new Header(name, Base64.getDecoder().decode(attribute.value()));
      } catch (IllegalArgumentException notBase64) {
        // as it stands, below
      }
    }
    return Header.of(name, attribute.value());
  }

  private static Object typed(SnsEnvelope.Attribute attribute) {
    String value = attribute.value();
    if (attribute.type().startsWith("Number")) return number(value);
    if (!attribute.type().startsWith("String.Array")) return value;
    try {
      return JsonMapper.shared().readValue(value, List.class);
    } catch (JacksonException notAList) {
      return value;
    }
  }

  private static Object number(String value) {
    if (value.length() > MOST_DIGITS) return value;
    try {
      BigDecimal number = new BigDecimal(value);
      return Math.abs((long) number.scale()) > 10L * MOST_DIGITS ? value : number;
    } catch (NumberFormatException notANumber) {
      return value;
    }
  }
}
