package io.amebobridge.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.Connector.SourceFactory;
import io.amebobridge.core.Selector;
import io.amebobridge.core.config.ConfigException;
import io.amebobridge.core.config.ConfigFile;
import io.amebobridge.core.config.ConfigSection;
import io.amebobridge.core.config.Problems;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/** A source's config as a user would write it, with time-outs for tests. */
final class KafkaSources {
  private final Map<String, String> client = new LinkedHashMap<>();
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final List<List<Selector>> selected = new ArrayList<>();

  KafkaSources(String bootstrap, String group) {
    client("bootstrap.servers", bootstrap);
    client("group.id", group);
    client("session.timeout.ms", "1500");
    client("heartbeat.interval.ms", "200");
    client("max.poll.interval.ms", "1500");
    client("metadata.max.age.ms", "500");
    client("reconnect.backoff.max.ms", "200");
    with("start", "earliest");
    with("watchInterval", "200ms");
    with("commitInterval", "100ms");
  }

  KafkaSources client(String option, String value) {
    assertThat(ConsumerConfig.configNames()).contains(option);
    client.put(option, value);
    return this;
  }

  KafkaSources with(String key, String value) {
    settings.put(key, value);
    return this;
  }

  /** By name, or by pattern between slashes. */
  KafkaSources topic(String notation) {
    selected.add(List.of(Selector.parse("topic", notation)));
    return this;
  }

  SourceFactory factory() throws ConfigException {
    StringBuilder yaml = new StringBuilder("events:\n  kafka:\n");
    client.forEach((k, v) -> yaml.append("    ").append(k).append(": ").append(quoted(v)));
    settings.forEach((k, v) -> yaml.append("  ").append(k).append(": ").append(quoted(v)));
    Problems problems = new Problems();
    ConfigSection section =
        ConfigFile.parse("test.yaml", yaml.toString(), name -> null, problems).section("events");
    SourceFactory factory = new KafkaConnector().configure("events", section, selected);
    section.refuseUnknown();
    problems.refuse();
    return factory;
  }

  private static String quoted(String value) {
    return "'" + value.replace("'", "''") + "'\n";
  }

  KafkaSource create() throws ConfigException {
    return (KafkaSource) factory().create();
  }
}
