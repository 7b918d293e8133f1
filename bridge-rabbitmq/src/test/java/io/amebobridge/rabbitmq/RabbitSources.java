package io.amebobridge.rabbitmq;

import io.amebobridge.core.Connector.SourceFactory;
import io.amebobridge.core.config.ConfigException;
import io.amebobridge.core.config.ConfigFile;
import io.amebobridge.core.config.ConfigSection;
import io.amebobridge.core.config.Problems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A source's config as a user would write it, with time-outs for tests. */
final class RabbitSources {
  private final Map<String, String> client = new LinkedHashMap<>();
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final String queues;
  private @Nullable Path positions;

  RabbitSources(String uri, String... queues) {
    this.queues = "[" + String.join(", ", queues) + "]";
    client("uri", uri);
    client("connection.heartbeat", "2");
    with("read", "takeover");
    with("connectTimeout", "10s");
  }

  RabbitSources client(String option, String value) {
    client.put(option, value);
    return this;
  }

  RabbitSources with(String key, String value) {
    settings.put(key, value);
    return this;
  }

  /** As a source of streams needs it. */
  RabbitSources streams(String start, Path positions) {
    this.positions = positions;
    return with("start", start);
  }

  SourceFactory factory() throws ConfigException {
    return factory("");
  }

  /**
   * With a section management.
   *
   * @param management YAML
   */
  SourceFactory factory(String management) throws ConfigException {
    StringBuilder yaml = new StringBuilder("shop:\n  rabbitmq:\n");
    client.forEach((k, v) -> yaml.append("    ").append(k).append(": ").append(quoted(v)));
    settings.forEach((k, v) -> yaml.append("  ").append(k).append(": ").append(quoted(v)));
    if (positions != null) {
      yaml.append("  positions:\n    file: ").append(quoted(positions.toString()));
    }
    if (!management.isEmpty()) yaml.append("  management: ").append(management).append("\n");
    yaml.append("  queues: ").append(queues).append("\n");
    Problems problems = new Problems();
    ConfigSection section =
        ConfigFile.parse("test.yaml", yaml.toString(), name -> null, problems).section("shop");
    SourceFactory factory = new RabbitConnector().configure("shop", section, List.of());
    section.refuseUnknown();
    problems.refuse();
    return factory;
  }

  /** Of a source of streams, for what needs no broker. */
  static RabbitSettings settings() {
    return new RabbitSettings(
        new LinkSettings(
            "shop", "sources.shop", Map.of("uri", "amqp://localhost"), Duration.ofSeconds(1)),
        List.of("log"),
        10,
        new LaneRule.Queue(),
        new IdentityRule.Usual(),
        new StreamSettings(new StreamStart.First(), null, false),
        1_024,
        null,
        null);
  }

  private static String quoted(String value) {
    return "'" + value.replace("'", "''") + "'\n";
  }

  RabbitSource create() throws ConfigException {
    return (RabbitSource) factory().create();
  }
}
