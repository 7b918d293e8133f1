package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.amebobridge.core.Message;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes of messages what is published. Immutable. */
final class MessagePublication {
  private static final int PERSISTENT = 2;

  /** To the broker these mean further routing keys: the message would go elsewhere too. */
  static final Set<String> ROUTING_HEADERS = Set.of("CC", "BCC");

  private final RabbitSinkSettings settings;

  MessagePublication(RabbitSinkSettings settings) {
    this.settings = settings;
  }

  Outgoing of(Message message) {
    String lane = message.origin().lane();
    try {
      Publication publication =
          new Publication(
              settings.exchange().of(message),
              settings.routingKey().of(message),
              properties(message),
              body(message));
      return Outgoing.of(lane, publication);
    } catch (IllegalArgumentException e) {
      return Outgoing.unfit(lane, String.valueOf(e.getMessage()));
    }
  }

  private static BasicProperties properties(Message message) {
    Map<String, Object> variables = message.origin().variables();
    Map<String, Object> headers = HeaderTable.of(message.headers(), variables.get("headers"));
    headers.keySet().removeAll(ROUTING_HEADERS);
    return new BasicProperties.Builder()
        .messageId(shortId(message.id()))
        .contentType(message.body() == null ? null : "application/json")
        .deliveryMode(PERSISTENT)
        .timestamp(timestamp(message.origin().timestamp()))
        .headers(headers.isEmpty() ? null : headers)
        .build();
  }

  /** AMQP knows empty bodies, not absent ones. */
  static byte[] body(Message message) {
    byte[] body = message.body();
    return body == null ? new byte[0] : body;
  }

  /** AMQP's are whole seconds; 1970 is nobody's time. */
  static @Nullable Date timestamp(Instant instant) {
    return instant.getEpochSecond() == 0
        ? null
        : Date.from(instant.truncatedTo(ChronoUnit.SECONDS));
  }

  /** One that AMQP has no room for, by its digest: the same for each repeat. */
  static @Nullable String shortId(@Nullable String id) {
    if (id == null || !Publication.tooLong(id)) return id;
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
      return "sha256:" + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
