package io.amebobridge.rabbitmq;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A source's part of the config.
 *
 * @param client the client's own options, as the user gave them; some are secret
 * @param queues by name, each once
 * @param prefetch how many unsettled messages the broker may send per queue
 * @param lanes what keeps its order
 * @param identity where a message says who it is
 * @param streams what only streams need
 * @param maxBodyBytes what a compressed body may grow to
 * @param connectTimeout how long one answer of the broker may take
 */
record RabbitSettings(
    String name,
    Map<String, String> client,
    List<String> queues,
    int prefetch,
    LaneRule lanes,
    IdentityRule identity,
    StreamSettings streams,
    long maxBodyBytes,
    Duration connectTimeout) {
  RabbitSettings {
    client = Map.copyOf(client);
    queues = List.copyOf(queues);
  }

  /** The place in the config, for messages. */
  String place() {
    return "sources." + name;
  }

  LinkSettings link() {
    return new LinkSettings(name, place(), client, connectTimeout);
  }

  /** Hosts and ports, without the login. */
  String address() {
    return ClientOptions.address(client);
  }

  String virtualHost() {
    return ClientOptions.virtualHost(client);
  }

  /** Without the options, some of which are secret. */
  @Override
  public String toString() {
    return "rabbitmq " + name + " at " + address() + " queues " + queues;
  }
}
