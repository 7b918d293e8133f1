package io.amebobridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What editors are told and what the bridge takes must be the same. */
class SchemaTest {
  private static final String EVERYTHING =
      """
      amebo:
        url: http://localhost:3310
        application: a
        secret: ${SECRET}
        timeouts: {connect: 1s, request: PT2M}
        batch: {maxEvents: 10, maxBytes: 2MiB, linger: 0ms, inFlight: 2}
        concurrency: 3
      sources:
        events: {kafka: {acks: all}, start: latest}
      routes:
        - name: first
          from: {source: events, topic: [a, /b.*/], partition: 3}
          when: x = 1
          format: json
          onTombstone: drop
          forEach: items
          events:
            - {when: x > 1, action: a, payload: {id: "{{ id }}"}, key: k}
        - from: {source: events, topic: c}
          drop: true
        - {from: {source: events}, action: "{{ a }}", payload: "{{ b }}", key: "{{ c }}"}
      deadLetters:
        file: /var/dead
        maxFileBytes: 1024
        maxShare: 0.1
        window: "${WINDOW:50}"
        rabbitmq: {uri: "amqp://localhost"}
        exchange: dead
        routingKey: letters
        confirmTimeout: 3s
        connectTimeout: 1s
      http: {enabled: false, host: 0.0.0.0, port: 0}
      limits:
        maxInFlight: 7
        maxInFlightBytes: 1MiB
        drainTimeout: 3s
        backoff: {initial: 1s, max: 1m}
        expressionTimeout: 100ms
      tests:
        - name: one
          input: {topic: a, key: k, headers: {h: v, l: [1, 2]}, timestamp: "2026-01-31T12:00:00Z", body: {x: 1}}
          expect: [{action: a, payload: {}, key: k}]
        - {input: {topic: c}, filtered: "routes[1]"}
        - {input: {topic: d}, failed: tombstone}
      """;

  private static ConfigSection read() throws ConfigException {
    Problems problems = new Problems();
    ConfigSection root =
        ConfigFile.parse("bridge.yaml", EVERYTHING, ConfigFixture.ENVIRONMENT::get, problems);
    new BridgeReader(
            root,
            Path.of("/"),
            List.of(
                new ConfigFixture.FakeConnector(),
                new ConfigFixture.FakeCopies("rabbitmq"),
                new ConfigFixture.FakeCopies("sqs")),
            BridgeConfig.BASIC_FORMATS,
            problems)
        .read();
    return root;
  }

  @Test
  void hasTheKeysThatAreReadAndNoOthers() throws ConfigException {
    JsonNode schema = JsonMapper.shared().readTree(BridgeConfig.schema());
    Map<String, Set<String>> asked = read().asked();
    assertThat(asked).hasSizeGreaterThan(10);
    asked.forEach(
        (path, keys) -> {
          boolean open = path.startsWith("sources") || path.endsWith(".headers");
          if (open) return;
          Set<String> told = new TreeSet<>(at(schema, path).path("properties").propertyNames());
          if (path.equals("routes[].from")) {
            assertThat(told).as(path).containsAll(keys);
          } else {
            assertThat(told).as(path).isEqualTo(keys);
          }
        });
  }

  private static JsonNode at(JsonNode schema, String path) {
    JsonNode node = schema;
    if (path.isEmpty()) return node;
    for (String step : List.of(path.split("\\.", -1))) {
      node = node.path("properties").path(step.replace("[]", ""));
      if (step.endsWith("[]")) node = node.path("items");
    }
    return node;
  }

  @Test
  void takesAGoodFileAndRefusesATypo() throws ConfigException {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(BridgeConfig.schema());
    ConfigSection root = read();
    Map<String, Object> plain = new LinkedHashMap<>();
    for (String key : root.keys()) plain.put(key, root.raw(key));
    List<Error> errors = schema.validate(JsonText.write(plain), InputFormat.JSON);
    assertThat(errors).isEmpty();
    String typo = JsonText.write(plain).replace("maxShare", "maxShar");
    assertThat(schema.validate(typo, InputFormat.JSON)).hasSize(1);
  }
}
