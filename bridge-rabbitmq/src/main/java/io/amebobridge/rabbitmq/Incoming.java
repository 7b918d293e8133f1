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
  private final String idPrefix;
  private final Set<String> withoutIdentity = new HashSet<>();

  Incoming(RabbitSettings settings) {
    this.settings = settings;
    idPrefix = "rabbitmq:" + part(settings.name()) + ":" + part(settings.virtualHost()) + ":";
  }

  Message message(Arrival arrival) {
    String queue = arrival.consumption().queue();
    Envelope envelope = arrival.envelope();
    BasicProperties p = arrival.properties();
    Body body =
        Body.of(
            arrival.body(), p.getContentType(), p.getContentEncoding(), settings.maxBodyBytes());
    String key = settings.lanes().key(envelope, p);
    Origin origin =
        new Origin(
            settings.name(),
            settings.lanes().lane(queue, key),
            timestamp(p),
            variables(queue, envelope, p),
            new SourceCoordinates("rabbitmq:" + settings.virtualHost(), queue, null, null),
            body.error());
    return new Message(
        id(queue, p, body.bytes()),
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

  private static Map<String, Object> variables(String queue, Envelope envelope, BasicProperties p) {
    Map<String, Object> variables = new LinkedHashMap<>();
    Map<String, Object> properties = MessageProperties.of(p);
    variables.put("queue", queue);
    variables.put("exchange", envelope.getExchange());
    variables.put("routingKey", envelope.getRoutingKey());
    variables.put("redelivered", envelope.isRedeliver());
    variables.put("headers", TypedValues.map(p.getHeaders()));
    variables.put("properties", properties);
    variables.put("attributes", properties);
    if (p.getMessageId() != null) variables.put("messageId", p.getMessageId());
    return variables;
  }

  private @Nullable String id(String queue, BasicProperties p, byte[] body) {
    String own = settings.identity().of(p, body);
    if (own == null) {
      sayWithoutIdentity(queue);
      return null;
    }
    String id = idPrefix + part(queue) + ":" + own;
    return id.length() <= LONGEST_ID && id.indexOf('\0') < 0 ? id : hashed(id);
  }

  /** Of the identity, not of the body: what is too long to be sent. */
  private static String hashed(String id) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
      return "rabbitmq:sha256:" + HexFormat.of().formatHex(digest);
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
