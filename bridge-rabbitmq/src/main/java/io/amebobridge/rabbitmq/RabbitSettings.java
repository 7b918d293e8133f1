package io.amebobridge.rabbitmq;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
 * @param management null where the config has none
 * @param shadow beside the one queue; null: takes the queues over
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
    Duration connectTimeout,
    @Nullable ManagementSettings management,
    @Nullable ShadowSettings shadow) {
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

  /** What is consumed in the place of a queue. */
  String consumed(String queue) {
    return shadow == null ? queue : shadow.queue();
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
