package io.amebobridge.rabbitmq;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a broker holds, as its management API tells. Immutable, without secrets; written as JSON as
 * it is.
 *
 * @param broker the management API's address
 */
record BrokerInventory(
    String broker, String cluster, String version, List<VirtualHost> virtualHosts) {
  BrokerInventory {
    virtualHosts = List.copyOf(virtualHosts);
  }

  /**
   * One virtual host.
   *
   * @param policies null where the user may not see them
   */
  record VirtualHost(
      String name, List<Queue> queues, List<Exchange> exchanges, @Nullable List<Policy> policies) {
    VirtualHost {
      queues = List.copyOf(queues);
      exchanges = List.copyOf(exchanges);
    }
  }

  /**
   * A queue.
   *
   * @param policy the name of the one that applies
   * @param effectivePolicy what the policy and the operator policy come to
   * @param inForce arguments and policies together
   * @param ready messages that wait; -1 where the broker keeps no statistics
   * @param unacked messages that consumers have and did not acknowledge; -1 unknown
   * @param bytes of all their bodies; -1 unknown
   * @param bindings its own, the default exchange's included
   * @param paths from where publishers send to the queue, each along its bindings
   */
  record Queue(
      String name,
      String type,
      boolean durable,
      boolean autoDelete,
      boolean exclusive,
      Map<String, @Nullable Object> arguments,
      @Nullable String policy,
      @Nullable String operatorPolicy,
      Map<String, @Nullable Object> effectivePolicy,
      InForce inForce,
      long ready,
      long unacked,
      long bytes,
      List<Consumer> consumers,
      List<Binding> bindings,
      List<List<Binding>> paths) {
    Queue {
      consumers = List.copyOf(consumers);
      bindings = List.copyOf(bindings);
      paths = List.copyOf(paths);
    }
  }

  /**
   * A consumer.
   *
   * @param ackMode manual or automatic
   * @param active false for one that waits behind a single active consumer
   */
  record Consumer(
      String tag,
      String connection,
      String channel,
      int prefetch,
      String ackMode,
      boolean active,
      boolean exclusive) {}

  /**
   * A step of a message's way.
   *
   * @param exchange from where; empty for the default exchange
   * @param to the queue, or the exchange where {@code toExchange}
   */
  record Binding(
      String exchange,
      String exchangeType,
      String routingKey,
      Map<String, @Nullable Object> arguments,
      String to,
      boolean toExchange) {}

  /**
   * An exchange.
   *
   * @param alternate where what it can't route goes
   */
  record Exchange(
      String name,
      String type,
      boolean durable,
      boolean autoDelete,
      boolean internal,
      Map<String, @Nullable Object> arguments,
      @Nullable String policy,
      @Nullable String alternate) {}

  /** A policy, or an operator's. */
  record Policy(
      String name,
      boolean operator,
      String pattern,
      String appliesTo,
      int priority,
      Map<String, @Nullable Object> definition) {}
}
