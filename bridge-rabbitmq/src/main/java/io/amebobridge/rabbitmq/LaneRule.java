package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Envelope;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What keeps its order; prints as the config has it. */
sealed interface LaneRule {
  String ALLOWED =
      "queue (the default: a queue's messages stay in order), routingKey or header:<name> (those"
          + " that share it stay in order, others go in parallel), or none (no order)";

  record Queue() implements LaneRule {
    @Override
    public String toString() {
      return "queue";
    }
  }

  record RoutingKey() implements LaneRule {
    @Override
    public String toString() {
      return "routingKey";
    }
  }

  /** Messages without the header share a lane. */
  record OfHeader(String name) implements LaneRule {
    @Override
    public String toString() {
      return "header:" + name;
    }
  }

  record None() implements LaneRule {
    @Override
    public String toString() {
      return "none";
    }
  }

  /**
   * Reads the config's notation.
   *
   * @throws IllegalArgumentException for anything else
   */
  static LaneRule parse(String text) {
    if (text.equals("queue")) return new Queue();
    if (text.equals("routingKey")) return new RoutingKey();
    if (text.equals("none")) return new None();
    String header = text.startsWith("header:") ? text.substring("header:".length()).strip() : "";
    if (!header.isEmpty()) return new OfHeader(header);
    throw new IllegalArgumentException("got " + text + ", allowed: " + ALLOWED);
  }

  /** By what the message keeps its order within its queue; null: by the queue alone, or not. */
  default @Nullable String key(Envelope envelope, BasicProperties properties) {
    if (this instanceof RoutingKey) return envelope.getRoutingKey();
    if (!(this instanceof OfHeader header)) return null;
    Map<String, Object> headers = properties.getHeaders();
    Object value = headers == null ? null : headers.get(header.name());
    return value == null ? "" : TypedValues.text(value);
  }

  /** The lane's name; null: unordered. */
  default @Nullable String lane(String queue, @Nullable String key) {
    if (this instanceof None) return null;
    return key == null ? queue : queue + "/" + key;
  }
}
