package io.amebobridge.rabbitmq;

import io.amebobridge.core.config.ConfigSection;
import java.time.Duration;
import java.util.Map;

/**
 * {@code deadLetters:} as far as it is about RabbitMQ.
 *
 * @param exchange empty: the default exchange
 * @param routingKey with the default exchange a queue's name
 * @param confirmTimeout how long the broker may take to store one copy
 */
record LetterSettings(
    LinkSettings link, String exchange, String routingKey, Duration confirmTimeout) {
  static final String PLACE = "deadLetters";

  /** What is wrong becomes problems there. */
  static LetterSettings read(ConfigSection section) {
    Map<String, String> client = ClientOptions.read(section.section("rabbitmq"));
    boolean toQueue = section.has("queue");
    boolean toExchange = section.has("exchange");
    String queue = section.text("queue").orElse("");
    String exchange = section.text("exchange").orElse("");
    String key = section.text("routingKey").orElse("");
    if (toQueue && (toExchange || section.has("routingKey"))) {
      section.problem("queue", "stands beside exchange or routingKey; give one of the two");
    } else if (toQueue && queue.isBlank()) {
      section.problem("queue", "is empty, allowed: the name of a queue");
    } else if (!toQueue && exchange.isEmpty() && key.isBlank()) {
      section.problem(
          "must say where copies go to in RabbitMQ, allowed: queue, or exchange and routingKey");
    }
    return new LetterSettings(
        new LinkSettings("dead-letters", PLACE, client, connectTimeout(section)),
        exchange,
        toQueue ? queue : key,
        section.duration(
            "confirmTimeout",
            RabbitSinkSettings.CONFIRM_TIMEOUT,
            Duration.ofMillis(100),
            Duration.ofHours(1)));
  }

  private static Duration connectTimeout(ConfigSection section) {
    return section.duration(
        "connectTimeout", Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofMinutes(10));
  }

  /** For people. */
  String target() {
    return exchange.isEmpty()
        ? "queue " + routingKey
        : "exchange " + exchange + " with routing key \"" + routingKey + "\"";
  }
}
