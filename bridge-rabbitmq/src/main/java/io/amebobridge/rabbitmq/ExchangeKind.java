package io.amebobridge.rabbitmq;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which exchanges give a further queue a copy and leave the others what they had. Stateless. */
final class ExchangeKind {
  private static final Set<String> COPYING = Set.of("fanout", "direct", "topic", "headers");
  private static final Set<String> SHARING =
      Set.of("x-consistent-hash", "x-modulus-hash", "x-random", "x-local-random");

  private ExchangeKind() {}

  /**
   * Why a queue bound to it is no shadow; null: it is one.
   *
   * @param delayedType of an {@code x-delayed-message} exchange; null: not known
   */
  static @Nullable String refusal(String type, @Nullable String delayedType) {
    if (COPYING.contains(type)) return null;
    if (type.equals("x-delayed-message")) {
      if (delayedType != null) return refusal(delayedType, null);
      return "is an x-delayed-message exchange, and what it delays for is told by the management"
          + " API only; add management: {uri: http://host:15672}";
    }
    if (SHARING.contains(type)) {
      return "is of type "
          + type
          + ", which gives each message to one of its queues: a further queue would take its share"
          + " from the application's; use read: takeover";
    }
    return "is of type "
        + type
        + ", of which it is not known that a further queue leaves the others what they had;"
        + " allowed: fanout, direct, topic, headers";
  }
}
