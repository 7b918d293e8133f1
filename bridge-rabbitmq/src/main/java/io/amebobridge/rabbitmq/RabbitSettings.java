package io.amebobridge.rabbitmq;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A source's part of the config.
 *
 * @param link how to reach the broker
 * @param queues by name, each once
 * @param prefetch how many unsettled messages the broker may send per queue
 * @param lanes what keeps its order
 * @param identity where a message says who it is
 * @param streams what only streams need
 * @param maxBodyBytes what a compressed body may grow to
 * @param management null where the config has none
 * @param shadow beside the one queue; null: takes the queues over
 */
record RabbitSettings(
    LinkSettings link,
    List<String> queues,
    int prefetch,
    LaneRule lanes,
    IdentityRule identity,
    StreamSettings streams,
    long maxBodyBytes,
    @Nullable ManagementSettings management,
    @Nullable ShadowSettings shadow) {
  RabbitSettings {
    queues = List.copyOf(queues);
  }

  String name() {
    return link.name();
  }

  /** The place in the config, for messages. */
  String place() {
    return link.place();
  }

  /** What is consumed in the place of a queue. */
  String consumed(String queue) {
    return shadow == null ? queue : shadow.queue();
  }

  String virtualHost() {
    return link.virtualHost();
  }

  /** Without the options, some of which are secret. */
  @Override
  public String toString() {
    return link + " queues " + queues;
  }
}
