package io.amebobridge.aws;

import io.amebobridge.core.Connector.SourceFactory;
import io.amebobridge.core.config.ConfigException;
import io.amebobridge.core.config.ConfigFile;
import io.amebobridge.core.config.ConfigSection;
import io.amebobridge.core.config.Problems;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A source's config as a user would write it, with times for tests. */
final class SqsSources {
  static final String SECRET = "a-secret-access-key";

  private final Map<String, String> settings = new LinkedHashMap<>();
  private final String endpoint;
  private final String queues;

  SqsSources(String endpoint, String... queues) {
    this.endpoint = endpoint;
    this.queues = "[" + String.join(", ", queues) + "]";
    with("read", "takeover");
    with("waitTime", "1s");
    with("visibility", "2s");
  }

  SqsSources with(String key, String value) {
    settings.put(key, value);
    return this;
  }

  SqsSources without(String key) {
    settings.remove(key);
    return this;
  }

  SourceFactory factory() throws ConfigException {
    StringBuilder yaml = new StringBuilder("shop:\n  sqs:\n    region: us-east-1\n");
    yaml.append("    endpoint: ").append(endpoint).append('\n');
    yaml.append("    accessKeyId: test-id\n    secretAccessKey: ").append(SECRET).append('\n');
    settings.forEach((k, v) -> yaml.append("  %s: '%s'%n".formatted(k, v)));
    yaml.append("  queues: ").append(queues).append('\n');
    Problems problems = new Problems();
    ConfigSection section =
        ConfigFile.parse("test.yaml", yaml.toString(), name -> null, problems).section("shop");
    SourceFactory factory = new SqsConnector().configure("shop", section, List.of());
    section.refuseUnknown();
    problems.refuse();
    return factory;
  }

  SqsSettings settings() throws ConfigException {
    return ((SqsConnector.Factory) factory()).settings();
  }

  SqsSource create() throws ConfigException {
    return (SqsSource) factory().create();
  }
}
