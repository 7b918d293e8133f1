package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Envelope;
import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.core.Message;
import io.amebobridge.core.Origin;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes of what has arrived the message that the core knows. Confined to the pump's thread. */
final class Incoming {
  private static final Logger LOG = LoggerFactory.getLogger(Incoming.class);

  /** A deduper has 512 characters, of which a message of several events needs some. */
  private static final int LONGEST_ID = 240;

  private final RabbitSettings settings;
  private final String idScope;
  private final Set<String> withoutIdentity = new HashSet<>();

  Incoming(RabbitSettings settings) {
    this.settings = settings;
    idScope = ":" + part(settings.name()) + ":" + part(settings.virtualHost()) + ":";
  }

  /**
   * The message.
   *
   * @param at which message of a stream; null: of another queue
   */
  Message message(Arrival arrival, @Nullable StreamMessage at) {
    String queue = arrival.consumption().queue();
    return message(queue, arrival.envelope(), arrival.properties(), arrival.body(), at);
  }

  Message message(
      String queue, Envelope envelope, BasicProperties p, byte[] raw, @Nullable StreamMessage at) {
    Body body = Body.of(raw, p.getContentType(), p.getContentEncoding(), settings.maxBodyBytes());
    String key = settings.lanes().key(envelope, p);
    Origin origin =
        new Origin(
            settings.name(),
            settings.lanes().lane(queue, key),
            timestamp(p),
            variables(queue, envelope, p, at),
            new SourceCoordinates(
                "rabbitmq:" + settings.virtualHost(), queue, null, at == null ? null : at.offset()),
            body.error());
    return new Message(
        id(queue, p, body.bytes(), at),
        queue,
        key == null ? null : key.getBytes(StandardCharsets.UTF_8),
        body.bytes(),
        TypedValues.headers(p.getHeaders()),
        origin);
  }

  /** The producer's; RabbitMQ has none of its own, and each delivery must give the same. */
  private static Instant timestamp(BasicProperties p) {
    return p.getTimestamp() == null ? Instant.EPOCH : p.getTimestamp().toInstant();
  }

  private static Map<String, Object> variables(
      String queue, Envelope envelope, BasicProperties p, @Nullable StreamMessage at) {
    Map<String, Object> variables = new LinkedHashMap<>();
    Map<String, Object> properties = MessageProperties.of(p);
    variables.put("queue", queue);
    variables.put("exchange", envelope.getExchange());
    variables.put("routingKey", envelope.getRoutingKey());
    if (at != null) variables.put("offset", at.offset());
    variables.put("redelivered", envelope.isRedeliver());
    variables.put("headers", TypedValues.map(p.getHeaders()));
    variables.put("properties", properties);
    variables.put("attributes", properties);
    if (p.getMessageId() != null) variables.put("messageId", p.getMessageId());
    return variables;
  }

  private @Nullable String id(
      String queue, BasicProperties p, byte[] body, @Nullable StreamMessage at) {
    if (at != null && settings.identity() instanceof IdentityRule.Usual) return id(queue, at);
    String own = settings.identity().of(p, body);
    boolean mayHaveNone = settings.identity() instanceof IdentityRule.None;
    if (own == null && at != null && !mayHaveNone) return id(queue, at);
    if (own == null) {
      sayWithoutIdentity(queue);
      return null;
    }
    String id = "rabbitmq" + idScope + part(queue) + ":" + own;
    return id.length() <= LONGEST_ID && id.indexOf('\0') < 0 ? id : hashed("rabbitmq", id);
  }

  /**
   * Exact, with a prefix that no other id has. The offset alone would not do: a stream that was
   * deleted and made again, or one of that name on another broker, has the same ones.
   */
  private String id(String queue, StreamMessage at) {
    String id = "rabbitmq-stream" + idScope + part(queue) + ":" + at.offset() + ":" + at.mark();
    return id.length() <= LONGEST_ID ? id : hashed("rabbitmq-stream", id);
  }

  /** Of the identity, not of the body: what is too long to be sent. */
  private static String hashed(String kind, String id) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
      return kind + ":sha256:" + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private void sayWithoutIdentity(String queue) {
    if (settings.identity() instanceof IdentityRule.None || !withoutIdentity.add(queue)) return;
    LOG.warn(
        "{}: messages of queue {} have no {}: what RabbitMQ delivers twice becomes two events;"
            + " see {}.identity",
        settings.name(),
        queue,
        settings.identity(),
        settings.place());
  }

  /** So that no two lists of names give the same text. */
  private static String part(String name) {
    return name.replace("%", "%25").replace(":", "%3A");
  }
}
