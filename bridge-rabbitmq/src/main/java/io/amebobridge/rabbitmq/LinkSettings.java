package io.amebobridge.rabbitmq;

import java.time.Duration;
import java.util.Map;

/**
 * How to reach a broker.
 *
 * @param name of what connects, for threads and logs
 * @param place in the config, of which {@code .rabbitmq} has the client's options
 * @param client the client's own options, as the user gave them; some are secret
 * @param connectTimeout how long one answer of the broker may take
 */
record LinkSettings(
    String name, String place, Map<String, String> client, Duration connectTimeout) {
  LinkSettings {
    client = Map.copyOf(client);
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
    return "rabbitmq " + name + " at " + address();
  }
}
