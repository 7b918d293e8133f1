package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Return;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All by which a returned message can be told from others: a return has no number, and its headers
 * come back changed. No two alike are under way at once. Immutable.
 */
final class Likeness {
  private final String exchange;
  private final String routingKey;
  private final @Nullable String messageId;
  private final byte[] body;
  private final int hash;

  private Likeness(String exchange, String routingKey, @Nullable String messageId, byte[] body) {
    this.exchange = exchange;
    this.routingKey = routingKey;
    this.messageId = messageId;
    this.body = body;
    hash = 31 * Objects.hash(exchange, routingKey, messageId) + Arrays.hashCode(body);
  }

  static Likeness of(Publication p) {
    return new Likeness(p.exchange(), p.routingKey(), p.properties().getMessageId(), p.body());
  }

  static Likeness of(Return back) {
    return new Likeness(
        back.getExchange(),
        back.getRoutingKey(),
        back.getProperties().getMessageId(),
        back.getBody());
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Likeness other
        && hash == other.hash
        && exchange.equals(other.exchange)
        && routingKey.equals(other.routingKey)
        && Objects.equals(messageId, other.messageId)
        && Arrays.equals(body, other.body);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
