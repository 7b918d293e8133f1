package io.amebobridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.Connector;
import io.amebobridge.core.DeadLetterConnector;
import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.MessageSource;
import io.amebobridge.core.Origin;
import io.amebobridge.core.Selector;
import io.amebobridge.core.deadletter.DeadLetterCopies;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A config around the part that a test is about, and messages for it. */
public final class ConfigFixture {
  private ConfigFixture() {}

  /** Knows a topic, a partition and a start. */
  public static final class FakeConnector implements Connector {
    final Map<String, List<List<Selector>>> selectedBySource = new HashMap<>();

    @Override
    public String type() {
      return "kafka";
    }

    @Override
    public Set<String> selectors() {
      return Set.of("topic", "partition");
    }

    @Override
    public SourceFactory configure(
        String name, ConfigSection section, List<List<Selector>> selected) {
      selectedBySource.put(name, selected);
      section.section("kafka").options();
      section.required("start", "earliest or latest");
      return new SourceFactory() {
        @Override
        public MessageSource create() {
          throw new UnsupportedOperationException("not in these tests");
        }

        @Override
        public Inspection inspect(int samples) {
          return new Inspection(List.of(), List.of(), List.of());
        }
      };
    }
  }

  /** Takes copies of dead letters. */
  static final class FakeCopies implements Connector, DeadLetterConnector {
    private final String type;

    FakeCopies(String type) {
      this.type = type;
    }

    @Override
    public String type() {
      return type;
    }

    @Override
    public Set<String> selectors() {
      return Set.of();
    }

    @Override
    public SourceFactory configure(
        String name, ConfigSection section, List<List<Selector>> selected) {
      throw new UnsupportedOperationException("not in these tests");
    }

    @Override
    public CopiesFactory configure(ConfigSection section) {
      ConfigSection client = section.section(type);
      assertThat(client.path()).isEqualTo("deadLetters." + type);
      for (String key : List.of("queue", "exchange", "routingKey")) section.text(key);
      for (String key : List.of("confirmTimeout", "connectTimeout")) {
        section.duration(key, Duration.ZERO);
      }
      return new CopiesFactory() {
        @Override
        public DeadLetterCopies open() {
          throw new UnsupportedOperationException("not in these tests");
        }

        @Override
        public List<String> inspect() {
          return List.of(section.text("exchange").orElse(""));
        }
      };
    }
  }

  public static final String HEAD =
      """
      amebo: {url: "http://localhost:3310", application: bridge, secret: "${SECRET}"}
      sources:
        events:
          kafka: {bootstrap.servers: "localhost:9092", group.id: g}
          start: earliest
      deadLetters: {file: ./dead}
      """;

  static final Map<String, String> ENVIRONMENT =
      Map.of("SECRET", "s3cr3t-s3cr3t-s3cr3t", "EMPTY", "");

  /** A whole file. */
  public static BridgeConfig parse(String yaml) throws ConfigException {
    return parse(yaml, new FakeConnector());
  }

  static BridgeConfig parse(String yaml, Connector... connectors) throws ConfigException {
    return BridgeConfig.parse(
        "bridge.yaml", yaml, Path.of("/etc/bridge"), ENVIRONMENT::get, List.of(connectors));
  }

  /** A file with these routes, as a YAML list without indentation. */
  public static BridgeConfig routes(String routes) throws ConfigException {
    return parse(HEAD + "routes:\n" + routes.indent(2));
  }

  /** The same, with a time-out for expressions. */
  public static BridgeConfig routesWithin(String routes, String timeout) throws ConfigException {
    return parse(
        HEAD + "limits: {expressionTimeout: " + timeout + "}\nroutes:\n" + routes.indent(2));
  }

  /** One from topic {@code orders}, partition 3, offset 42. */
  public static Message message(@Nullable String body) {
    return message("orders", null, body, List.of());
  }

  /** One with all that a broker gives. */
  public static Message message(
      String topic, @Nullable String key, @Nullable String body, List<Header> headers) {
    return message(topic, key, body == null ? null : bytes(body), headers, null);
  }

  /** One of raw bytes, perhaps with an adapter's complaint. */
  public static Message message(
      String topic,
      @Nullable String key,
      byte @Nullable [] body,
      List<Header> headers,
      @Nullable String error) {
    Map<String, Object> variables = new HashMap<>();
    variables.put("topic", topic);
    variables.put("partition", 3);
    variables.put("offset", 42L);
    Instant time = Instant.parse("2026-01-31T12:00:00.120Z");
    return new Message(
        "kafka:c:t:3:42",
        topic,
        key == null ? null : bytes(key),
        body,
        new ArrayList<>(headers),
        new Origin("events", topic + "-3", time, variables, null, error));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
