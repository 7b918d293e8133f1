package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.amebobridge.core.Message;
import io.amebobridge.core.deadletter.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a dead letter the copy that is published: the message as it was, and in headers named
 * {@code x-amebo-…} why it failed. What would make the broker drop the copy, refuse it or send it
 * elsewhere is kept in such a header instead. Immutable.
 */
final class LetterPublication {
  private static final String OURS = "x-amebo-";
  private static final String ORIGINAL = OURS + "original-";
  private static final int PERSISTENT = 2;

  /** Characters of one of our headers. */
  private static final int LONGEST_TEXT = 1_000;

  /**
   * Bytes of the properties with the original headers; the smallest frame that a broker may ask for
   * has 4 KiB, the usual one 128 KiB.
   */
  private static final int MOST_WITH_HEADERS = 64 * 1024;

  private static final Pattern CHARSET =
      Pattern.compile("(?i)(;\\s*charset\\s*=\\s*)\"?([^\";\\s]+)\"?");
  private static final Pattern CAPITAL = Pattern.compile("([A-Z])");

  private final LetterSettings settings;

  LetterPublication(LetterSettings settings) {
    this.settings = settings;
  }

  Publication of(DeadLetter letter) {
    return of(letter, MessagePublication.body(letter.message()), null);
  }

  /** For a broker that takes no body of this size: the store has it. */
  Publication withoutBody(DeadLetter letter) {
    byte[] none = new byte[0];
    return of(letter, none, MessagePublication.body(letter.message()).length);
  }

  private Publication of(DeadLetter letter, byte[] body, @Nullable Integer omitted) {
    Map<String, @Nullable Object> ours = new LinkedHashMap<>();
    why(letter, ours);
    origin(letter.message(), ours);
    if (omitted != null) ours.put(OURS + "body-omitted", omitted);
    BasicProperties.Builder properties = properties(letter.message(), ours);
    Map<String, @Nullable Object> all = original(letter.message(), ours);
    all.putAll(ours);
    Publication whole = publication(properties.headers(all).build(), body);
    if (whole.unfit(MOST_WITH_HEADERS, Long.MAX_VALUE) == null) return whole;
    ours.put(OURS + "headers-omitted", letter.message().headers().size());
    return publication(properties.headers(ours).build(), body);
  }

  private Publication publication(BasicProperties properties, byte[] body) {
    return new Publication(settings.exchange(), settings.routingKey(), properties, body);
  }

  private static void why(DeadLetter letter, Map<String, @Nullable Object> ours) {
    Message message = letter.message();
    ours.put(OURS + "reason", letter.stage().name().toLowerCase(Locale.ROOT));
    ours.put(OURS + "detail", bounded(letter.reason()));
    ours.put(OURS + "time", letter.at().toString());
    ours.put(OURS + "source", bounded(message.origin().source()));
    ours.put(OURS + "where", bounded(message.origin().where()));
    if (!letter.route().isEmpty()) ours.put(OURS + "route", bounded(letter.route()));
    if (!letter.rendered().isEmpty()) {
      ours.put(OURS + "action", bounded(letter.rendered().get(0).address()));
    }
    if (message.id() != null) ours.put(OURS + "id", bounded(message.id()));
  }

  /** Topic, partition, offset, queue, …: whatever the source tells by one value each. */
  private static void origin(Message message, Map<String, @Nullable Object> ours) {
    message
        .origin()
        .variables()
        .forEach(
            (name, value) -> {
              String key = OURS + kebab(name);
              if (value instanceof String text) ours.putIfAbsent(key, bounded(text));
              else if (value instanceof Number || value instanceof Boolean) {
                ours.putIfAbsent(key, HeaderTable.field(value));
              }
            });
    byte[] key = message.key();
    if (key != null) ours.put(OURS + "key", bounded(new String(key, StandardCharsets.UTF_8)));
  }

  private static Map<String, @Nullable Object> original(
      Message message, Map<String, @Nullable Object> ours) {
    Object typed = message.origin().variables().get("headers");
    Map<String, @Nullable Object> headers = HeaderTable.of(message.headers(), typed);
    for (String name : MessagePublication.ROUTING_HEADERS) {
      Object routing = headers.remove(name);
      if (routing != null) ours.put(ORIGINAL + name, bounded(TypedValues.text(routing)));
    }
    return headers;
  }

  private static BasicProperties.Builder properties(
      Message message, Map<String, @Nullable Object> ours) {
    Object known = message.origin().variables().get("properties");
    Map<?, ?> p = known instanceof Map<?, ?> map ? map : Map.of();
    for (String aside : new String[] {"expiration", "userId", "deliveryMode"}) {
      Object value = p.get(aside);
      if (value != null) ours.put(ORIGINAL + kebab(aside), HeaderTable.field(value));
    }
    String id = text(p, "messageId");
    String replyTo = text(p, "replyTo");
    // that of a connection that is gone
    boolean direct = replyTo != null && replyTo.startsWith("amq.rabbitmq.reply-to");
    if (direct) ours.put(ORIGINAL + "reply-to", bounded(replyTo));
    BasicProperties.Builder properties =
        new BasicProperties.Builder()
            .messageId(MessagePublication.shortId(id == null ? message.id() : id))
            .correlationId(text(p, "correlationId"))
            .replyTo(direct ? null : replyTo)
            .type(text(p, "type"))
            .appId(text(p, "appId"))
            .clusterId(text(p, "clusterId"))
            .priority(p.get("priority") instanceof Number n ? n.intValue() : null)
            .timestamp(timestamp(message, text(p, "timestamp")))
            .deliveryMode(PERSISTENT);
    content(message, p, properties, ours);
    return properties;
  }

  /** The source has unpacked a body and brought it to UTF-8, unless it says that it could not. */
  private static void content(
      Message message,
      Map<?, ?> p,
      BasicProperties.Builder properties,
      Map<String, @Nullable Object> ours) {
    String type = text(p, "contentType");
    String encoding = text(p, "contentEncoding");
    if (message.origin().error() != null) {
      properties.contentType(type).contentEncoding(encoding);
      return;
    }
    if (encoding != null) ours.put(ORIGINAL + "content-encoding", bounded(encoding));
    String now = type == null ? null : CHARSET.matcher(type).replaceAll("$1utf-8");
    if (type != null && !type.equals(now)) ours.put(ORIGINAL + "content-type", bounded(type));
    properties.contentType(now);
  }

  private static @Nullable Date timestamp(Message message, @Nullable String original) {
    try {
      Instant at = original == null ? message.origin().timestamp() : Instant.parse(original);
      return MessagePublication.timestamp(at);
    } catch (DateTimeException notATime) {
      return null;
    }
  }

  private static @Nullable String text(Map<?, ?> p, String name) {
    return p.get(name) instanceof String text && !Publication.tooLong(text) ? text : null;
  }

  private static String bounded(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
  }

  /** {@code routingKey} is {@code routing-key}. */
  private static String kebab(String name) {
    return CAPITAL.matcher(name).replaceAll("-$1").toLowerCase(Locale.ROOT);
  }
}
