package io.amebobridge.rabbitmq;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What holds for a queue, of its arguments and its policies together; null: no limit is set.
 *
 * @param overflow what happens at the bound, such as drop-head
 */
record InForce(
    @Nullable Long maxLength,
    @Nullable Long maxLengthBytes,
    @Nullable String overflow,
    @Nullable Long messageTtlMillis,
    @Nullable Long expiresMillis,
    @Nullable Long deliveryLimit,
    boolean singleActiveConsumer,
    @Nullable Long maxPriority,
    @Nullable String deadLetterExchange,
    @Nullable String deadLetterRoutingKey) {
  /**
   * The broker's own rules: of numbers the least; of texts the queue's argument, but a quorum
   * queue's overflow is the policy's.
   */
  static InForce of(String type, Map<String, ?> arguments, Map<String, ?> policy) {
    Two two = new Two(arguments, policy);
    return new InForce(
        two.least("max-length"),
        two.least("max-length-bytes"),
        type.equals("quorum") ? two.policyFirst("overflow") : two.argumentFirst("overflow"),
        two.least("message-ttl"),
        two.least("expires"),
        two.least("delivery-limit"),
        Boolean.TRUE.equals(arguments.get("x-single-active-consumer")),
        two.least("max-priority"),
        two.argumentFirst("dead-letter-exchange"),
        two.argumentFirst("dead-letter-routing-key"));
  }

  private record Two(Map<String, ?> arguments, Map<String, ?> policy) {
    @Nullable Long least(String name) {
      Long one = number(arguments.get("x-" + name));
      Long other = number(policy.get(name));
      if (one == null || other == null) return one == null ? other : one;
      return Math.min(one, other);
    }

    @Nullable String argumentFirst(String name) {
      Object own = arguments.get("x-" + name);
      return text(own == null ? policy.get(name) : own);
    }

    @Nullable String policyFirst(String name) {
      Object theirs = policy.get(name);
      return text(theirs == null ? arguments.get("x-" + name) : theirs);
    }

    private static @Nullable Long number(@Nullable Object value) {
      return value instanceof Number n ? Long.valueOf(n.longValue()) : null;
    }

    private static @Nullable String text(@Nullable Object value) {
      return value == null ? null : value.toString();
    }
  }
}
