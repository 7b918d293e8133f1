package io.amebobridge.rabbitmq;

import io.amebobridge.core.Naming;
import java.time.Duration;

/**
 * Where messages are published to.
 *
 * @param exchange empty: the default exchange, whose routing keys are queues' names
 * @param routingKey by default the message's address
 * @param confirmTimeout how long the broker may take to store one message
 */
record RabbitSinkSettings(
    LinkSettings link, Naming exchange, Naming routingKey, Duration confirmTimeout) {
  static final Duration CONFIRM_TIMEOUT = Duration.ofSeconds(30);
}
