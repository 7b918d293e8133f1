package io.amebobridge.rabbitmq;

import io.amebobridge.core.Connector.SourceFactory;
import io.amebobridge.core.config.ConfigException;
import io.amebobridge.core.config.ConfigFile;
import io.amebobridge.core.config.ConfigSection;
import io.amebobridge.core.config.Problems;
import java.util.ArrayList;
import java.util.List;

/** A shadow's config as a user would write it, with short times for tests. */
final class ShadowSources {
  static final String QUEUE = "amebo-bridge.shop.orders";
  static final String DROPPED = QUEUE + ".dropped";

  private final String uri;
  private final List<String> bindings = new ArrayList<>();
  private final StringBuilder shadow = new StringBuilder();
  private final StringBuilder more = new StringBuilder();

  /** Of the queue orders. */
  ShadowSources(String uri) {
    this.uri = uri;
  }

  /** Such as {@code {exchange: orders, routingKey: a}}. */
  ShadowSources bind(String... each) {
    bindings.addAll(List.of(each));
    return this;
  }

  ShadowSources shadow(String key, String value) {
    shadow.append("    ").append(key).append(": ").append(value).append("\n");
    return this;
  }

  ShadowSources with(String key, String value) {
    more.append("  ").append(key).append(": ").append(value).append("\n");
    return this;
  }

  SourceFactory factory() throws ConfigException {
    String yaml =
        """
        shop:
          rabbitmq: {uri: '%s', connection.heartbeat: 2}
          read: shadow
          queue: orders
          connectTimeout: 10s
        %s  shadow:
            watchInterval: 100ms
            bindings: [%s]
        %s"""
            .formatted(uri, more, String.join(", ", bindings), shadow);
    Problems problems = new Problems();
    ConfigSection section =
        ConfigFile.parse("test.yaml", yaml, name -> null, problems).section("shop");
    SourceFactory factory = new RabbitConnector().configure("shop", section, List.of());
    section.refuseUnknown();
    problems.refuse();
    return factory;
  }

  RabbitSource create() throws ConfigException {
    return (RabbitSource) factory().create();
  }
}
