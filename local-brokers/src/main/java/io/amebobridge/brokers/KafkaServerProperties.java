package io.amebobridge.brokers;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The broker's configuration: one node, small, quick to start and to come back. */
final class KafkaServerProperties {
  private KafkaServerProperties() {}

  /**
   * Listeners: DIRECT for clients and the broker itself; FAULTY, which advertises the relay's port;
   * SASL where there are users.
   */
  static Map<String, String> of(Path data, KafkaPorts ports, Map<String, String> users) {
    Map<String, String> p = new LinkedHashMap<>();
    String host = "127.0.0.1:";
    String sasl = users.isEmpty() ? "" : ",SASL://" + host + ports.sasl();
    p.put("process.roles", "broker,controller");
    p.put("node.id", "1");
    p.put(
        "listeners",
        "DIRECT://%s,FAULTY://%s,CONTROLLER://%s"
                .formatted(host + ports.direct(), host + ports.faulty(), host + ports.controller())
            + sasl);
    p.put(
        "advertised.listeners",
        "DIRECT://%s,FAULTY://%s".formatted(host + ports.direct(), host + ports.relay()) + sasl);
    p.put("controller.listener.names", "CONTROLLER");
    p.put(
        "listener.security.protocol.map",
        "DIRECT:PLAINTEXT,FAULTY:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT");
    p.put("inter.broker.listener.name", "DIRECT");
    p.put("controller.quorum.bootstrap.servers", host + ports.controller());
    p.put("log.dirs", data.toString());
    p.put("num.partitions", "4");
    p.put("auto.create.topics.enable", "false");
    // one node can't hold three copies, and fifty partitions of offsets only slow the start
    for (String topic : new String[] {"offsets.topic", "transaction.state.log"}) {
      p.put(topic + ".replication.factor", "1");
      p.put(topic + ".num.partitions", "4");
    }
    p.put("transaction.state.log.min.isr", "1");
    p.put("share.coordinator.state.topic.replication.factor", "1");
    p.put("share.coordinator.state.topic.min.isr", "1");
    p.put("share.coordinator.state.topic.num.partitions", "4");
    p.put("group.initial.rebalance.delay.ms", "0");
    p.put("group.min.session.timeout.ms", "1000");
    p.put("log.cleaner.dedupe.buffer.size", "8388608");
    // else a start after kill -9 waits until the registration of the dead broker has expired
    p.put("broker.session.timeout.ms", "1000");
    p.put("broker.heartbeat.interval.ms", "200");
    if (!users.isEmpty()) {
      p.put("sasl.enabled.mechanisms", "PLAIN");
      p.put("listener.name.sasl.plain.sasl.jaas.config", jaas(users));
    }
    return p;
  }

  private static String jaas(Map<String, String> users) {
    StringBuilder jaas =
        new StringBuilder("org.apache.kafka.common.security.plain.PlainLoginModule required");
    users.forEach(
        (name, password) ->
            jaas.append(" user_").append(name).append("=\"").append(password).append('"'));
    return jaas.append(';').toString();
  }
}
