package io.amebobridge.core.config;

import static io.amebobridge.core.config.ConfigFixture.HEAD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.amebobridge.core.Connector;
import io.amebobridge.core.Selector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BridgeConfigTest {
  private static final String ROUTES = "routes: [{from: {source: events}}]\n";

  private static List<String> problems(String yaml) {
    ConfigException e =
        catchThrowableOfType(ConfigException.class, () -> ConfigFixture.parse(yaml));
    assertThat(e).as("must be refused").isNotNull();
    return e.problems().stream().map(ConfigProblem::toString).toList();
  }

  @Test
  void defaults() throws ConfigException {
    BridgeConfig config = ConfigFixture.parse(HEAD + ROUTES);
    AmeboConfig amebo = config.amebo();
    assertThat(amebo.url()).isEqualTo(URI.create("http://localhost:3310"));
    assertThat(amebo.application()).isEqualTo("bridge");
    assertThat(Objects.requireNonNull(amebo.secret()).reveal()).isEqualTo("s3cr3t-s3cr3t-s3cr3t");
    assertThat(config.warnings()).isEmpty();
    assertThat(amebo.batch())
        .isEqualTo(new AmeboConfig.Batch(500, 1 << 20, Duration.ofMillis(5), 4));
    assertThat(config.http()).isEqualTo(new HttpConfig(true, "127.0.0.1", 3320));
    assertThat(config.deadLetters())
        .isEqualTo(new DeadLettersConfig(Path.of("/etc/bridge/dead"), 64 << 20, 0.5, 1000));
    assertThat(config.limits().maxInFlight()).isEqualTo(10_000);
    assertThat(config.sources().keySet()).containsExactly("events");
    RouteConfig route = config.routes().get(0);
    assertThat(route.name()).isEqualTo("routes[0]");
    assertThat(route.events().get(0).action()).hasToString("{{ $topic }}");
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void everythingSet() throws ConfigException {
    BridgeConfig config =
        ConfigFixture.parse(
            """
            amebo:
              embedded: sqlite:./data/amebo.db
              application: a
              secret: literally-written-here
              timeouts: {connect: 1s, request: 2m}
              batch: {maxEvents: 10, maxBytes: 2MiB, linger: 0ms, inFlight: 2}
              concurrency: 3
            sources:
              events: {kafka: {acks: all}, start: latest}
            routes:
              - name: first
                from: {source: events, topic: [a, /b.*/], partition: 3}
                when: x = 1
            deadLetters: {file: /var/dead, maxFileBytes: 1MiB, maxShare: 0.1, window: 50}
            http: {enabled: false, host: 0.0.0.0, port: 0}
            limits:
              maxInFlight: 7
              maxInFlightBytes: 1MiB
              drainTimeout: 3s
              backoff: {initial: 1s, max: 1m}
              expressionTimeout: 100ms
            """);
    assertThat(config.amebo().embedded()).isEqualTo("sqlite:/etc/bridge/data/amebo.db");
    assertThat(config.warnings()).hasSize(1);
    assertThat(config.warnings().get(0)).startsWith("bridge.yaml:4:11: amebo.secret: ");
    assertThat(config.amebo().timeouts())
        .isEqualTo(new AmeboConfig.Timeouts(Duration.ofSeconds(1), Duration.ofMinutes(2)));
    assertThat(config.deadLetters())
        .isEqualTo(new DeadLettersConfig(Path.of("/var/dead"), 1 << 20, 0.1, 50));
    assertThat(config.http()).isEqualTo(new HttpConfig(false, "0.0.0.0", 0));
    assertThat(config.limits())
        .isEqualTo(
            new LimitsConfig(
                7,
                1 << 20,
                Duration.ofSeconds(3),
                new LimitsConfig.Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)),
                Duration.ofMillis(100)));
    assertThat(config.routes().get(0).selectors())
        .isEqualTo(
            Map.of(
                "topic",
                List.of(new Selector("topic", "a", false), new Selector("topic", "b.*", true)),
                "partition",
                List.of(new Selector("partition", "3", false))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sasl.jaas.config: 'X required username="u" password="hush";' | sasl.jaas.config
          sasl.jaas.config: 'X required clientSecret="hush";'          | sasl.jaas.config
          sasl.jaas.config: 'X required;'                              |
          sasl.jaas.config: 'X required password="${SECRET}";'           |
          ssl.key.password: hush                                       | ssl.key.password
          ssl.truststore.password: ''                                  |
          sasl.jaas.config: 'X username="${SECRET}" password="hush";'  | sasl.jaas.config
          uri: 'amqp://guest:hush@${SECRET}:5672'                      | uri
          uri: 'amqp://guest:${SECRET}@rabbit:5672'                    |
          ssl.key.password: 'a$${b}'                                   | ssl.key.password
          x.private.key.passphrase: hush                               | x.private.key.passphrase
          secretAccessKey: hush                                        | secretAccessKey
          secretAccessKey: '${SECRET}'                                   |
          sessionToken: hush                                           | sessionToken
          uri: 'amqp://guest:hush@rabbit:5672'                         | uri
          uri: 'amqp://rabbit:5672'                                    |
          accessKeyId: AKIA                                            |
          client.id: a-secret-group                                    |
          """)
  void aSecretThatIsWrittenOutIsAWarning(String option, @Nullable String named) throws Exception {
    String head = HEAD.replace("kafka: {", "kafka: {" + option + ", ");
    assertThat(head).as("replaced").isNotEqualTo(HEAD);
    List<String> warnings = ConfigFixture.parse(head + ROUTES).warnings();
    if (named == null) {
      assertThat(warnings).isEmpty();
    } else {
      assertThat(warnings)
          .singleElement()
          .asString()
          .startsWith("bridge.yaml:")
          .contains(": sources.events.kafka." + named + ": the value stands in the file; take it")
          .doesNotContain("hush");
    }
  }

  @Test
  void copiesOfDeadLettersAreForABrokerThatTakesThem() throws Exception {
    Connector copies = new ConfigFixture.FakeCopies("rabbitmq");
    String yaml =
        HEAD.replace("{file: ./dead}", "{file: ./dead, rabbitmq: {uri: u}, exchange: dead}")
            + ROUTES;
    DeadLettersConfig letters =
        ConfigFixture.parse(yaml, new ConfigFixture.FakeConnector(), copies).deadLetters();
    assertThat(Objects.requireNonNull(letters.copies()).inspect()).containsExactly("dead");
    assertThat(letters.directory()).isEqualTo(Path.of("/etc/bridge/dead"));
    assertThat(problems(yaml))
        .containsExactly(
            "bridge.yaml:6:29: deadLetters.rabbitmq: unknown key; allowed: file, maxFileBytes,"
                + " maxShare, window",
            "bridge.yaml:6:49: deadLetters.exchange: unknown key; allowed: file, maxFileBytes,"
                + " maxShare, window");
  }

  @Test
  void copiesOfDeadLettersGoToOneBroker() {
    String yaml =
        HEAD.replace("{file: ./dead}", "{file: ./dead, rabbitmq: {uri: u}, sqs: {}, queue: q}")
            + ROUTES;
    assertThatThrownBy(
            () ->
                ConfigFixture.parse(
                    yaml,
                    new ConfigFixture.FakeConnector(),
                    new ConfigFixture.FakeCopies("rabbitmq"),
                    new ConfigFixture.FakeCopies("sqs")))
        .hasMessageContaining("deadLetters: names several brokers, allowed: one");
  }

  @Test
  void secretsAreNotPrinted() throws ConfigException {
    assertThat(ConfigFixture.parse(HEAD + ROUTES).toString())
        .contains("***")
        .doesNotContain("s3cr3t");
  }

  @Test
  void aLoginInsteadOfASecret() throws ConfigException {
    String login = "{url: 'http://h', username: u, password: '${SECRET}'}";
    AmeboConfig amebo = ConfigFixture.parse(withAmebo(login)).amebo();
    assertThat(Objects.requireNonNull(amebo.login()).username()).isEqualTo("u");
  }

  @Test
  void everythingWrongIsSaidTogetherWithItsPlace() {
    assertThat(
            problems(
                """
                amebo: {url: "localhost:3310", application: bridge, secret: "${UNSET}"}
                sources:
                  events:
                    kafka: {}
                    strat: earliest
                  other: {rabbit: {}}
                routes:
                  - from: {source: events, tpoic: orders}
                    when: type in [
                    action: a b
                  - from: {source: evens}
                    onTombstone: ignore
                deadLetters: {maxShare: 2}
                limit: {}
                """))
        .containsExactly(
            "bridge.yaml:1:14: amebo.url: got localhost:3310, allowed: http://host:port or"
                + " https://host:port, without user and query",
            "bridge.yaml:1:61: amebo.secret: ${UNSET} is not set; set it, or give a default as"
                + " ${UNSET:default}",
            "bridge.yaml:4:5: sources.events.start: is missing, allowed: earliest or latest",
            "bridge.yaml:5:5: sources.events.strat: unknown key, did you mean start? allowed:"
                + " kafka, start",
            "bridge.yaml:6:10: sources.other: must name what it reads from, got rabbit, allowed:"
                + " exactly one of kafka",
            "bridge.yaml:8:28: routes[0].from.tpoic: unknown key, did you mean topic? allowed:"
                + " partition, source, topic",
            "bridge.yaml:9:11: routes[0].when: bad JSONata: Expected \"]\" before end of expression"
                + " at character 9, in: type in [",
            "bridge.yaml:10:13: routes[0].action: the action's name is \"a b\", allowed: letters,"
                + " digits and . _ - : / @ + ~",
            "bridge.yaml:11:20: routes[1].from.source: no such source, did you mean events? allowed:"
                + " events",
            "bridge.yaml:12:18: routes[1].onTombstone: got ignore, allowed: deadLetter, drop, map",
            "bridge.yaml:13:14: deadLetters.file: is missing, allowed: a directory, such as"
                + " ./data/dead-letters",
            "bridge.yaml:13:25: deadLetters.maxShare: got 2, allowed: a number from 0.0 to 1.0",
            "bridge.yaml:14:1: limit: unknown key, did you mean limits? allowed: amebo, deadLetters,"
                + " http, limits, routes, sources, tests");
  }

  private static String withAmebo(String amebo) {
    return HEAD.replaceFirst("amebo: .*", "amebo: " + Matcher.quoteReplacement(amebo)) + ROUTES;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | must say where events go, allowed: exactly one of url and embedded",
        "{url: 'http://h', embedded: 'sqlite:x', application: a, secret: s} | exactly one of url and",
        "{url: } | exactly one of url and embedded",
        "{url: 'ftp://h', application: a, secret: s} | amebo.url: got ftp://h, allowed: http",
        "{url: 'http://u:p@h', application: a, secret: s} | amebo.url: got",
        "{url: 'http://h', application: a} | amebo.secret: is missing",
        "{url: 'http://h', application: a, secret: } | amebo.secret: is missing",
        "{url: 'http://h', application: a, secret: '${EMPTY}'} | amebo.secret: is empty",
        "{url: 'http://h', secret: s} | add application: <name>",
        "{url: 'http://h'} | needs credentials",
        "{url: 'http://h', username: u} | username and password go together",
        "{embedded: 'mysql:x'} | amebo.embedded: got mysql:x, allowed: sqlite:<file> or postgresql",
        "{embedded: 'sqlite:x', batch: {maxEvents: 0}} | maxEvents: got 0, allowed: a whole number",
        "{embedded: 'sqlite:x', batch: {linger: 5}} | batch.linger: got 5, allowed: a duration",
        "{embedded: 'sqlite:x', batch: {linger: PT-5S}} | linger: got PT-5S, allowed: a duration",
        "{embedded: 'sqlite:x', batch: {maxBytes: 1MB}} | maxBytes: got 1MB, allowed: a size",
        "{embedded: 'sqlite:x', batch: {maxBytes: 1}} | maxBytes: got 1, allowed: from 1024",
        "{embedded: 'sqlite:x', timeouts: {connect: 0s}} | timeouts.connect: got 0s, allowed: from",
        "{embedded: 'sqlite:x', batch: 7} | amebo.batch: must be a mapping of keys to values, got text",
        "{embedded: [x]} | amebo.embedded: must be text, got a list",
        "{embedded: 'sqlite:x', embedded: 'sqlite:y'} | amebo.embedded: this key is here twice",
        "{embedded: 'sqlite:${file:/none/x}'} | ${file:/none/x}: no such file",
        "{embedded: 'sqlite:${'} | ${ starts no reference",
        "{embedded: 'sqlite:${A B}'} | ${ starts no reference",
      })
  void whatAmeboRefuses(String amebo, String expected) {
    assertThat(problems(withAmebo(amebo))).anySatisfy(p -> assertThat(p).contains(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | routes: is missing",
        "{} | routes: must be a list, got a mapping",
        "[{}] | routes[0].from.source: is missing, allowed: one of events",
        "[{from: {source: events, topic: \"/[/\"}}] | from.topic: bad pattern /[/: Unclosed character class at character",
        "[{from: {source: events}, name: x}, {from: {source: events, topic: a}, name: x}] | another route has already",
        "[{from: {source: events}}, {from: {source: events, topic: a}}] | is never reached: routes[0] takes all",
        "[{from: {source: events, topic: a}}, {from: {source: events, topic: a}, when: x}] | is never reached",
        "[{from: {source: events}, format: avro}] | format: got avro, allowed: json, text",
        "[{from: {source: events}, drop: maybe}] | drop: got maybe, allowed: true, false",
        "[{from: {source: events}, drop: true, action: a}] | has no use beside drop: true",
        "[{from: {source: events}, events: [], when: x}] | events: is empty",
        "[{from: {source: events}, action: a, events: [{action: b}]}] | action: stands beside events",
        "[{from: {source: events}, events: [{acton: b}]}] | routes[0].events[0].acton: unknown key, did you mean action?",
        "[{from: {source: events}, action: '{{ type'}] | {{ without }} at character 1",
        "[{from: {source: events}, action: 'a{{ }}'}] | the expression is empty",
        "[{from: {source: events}, action: '{{ $topci }}'}] | unknown variable $topci, did you mean $topic?",
        "[{from: {source: events}, payload: '{{ $item }}'}] | unknown variable $item",
        "[{from: {source: events}, payload: {t: '{{ $now() }}'}}] | routes[0].payload.t: bad JSONata: $now gives another value each time",
        "[{from: {source: events}, payload: '{{ $eval(x) }}'}] | $eval would run a message''s text",
        "[{from: {source: events}, payload: '{{ $uuid() }}'}] | use $timestamp, $offset or $messageId",
        "[{from: {source: events}, when: 'id = 9007199254740993'}] | more digits than JSONata can hold",
        "[{from: {source: events}, when: '  '}] | the expression is empty",
        "[{from: {source: events}, when: [a]}] | routes[0].when: must be text, got a list",
        "[{from: {source: events}, action: '${NOPE}.x'}] | ${NOPE} is not set",
        "[{from: {source: events}, action: ''}] | the action''s name is empty",
      })
  void whatRoutesRefuse(String routes, String expected) {
    assertThat(problems(HEAD + "routes: " + routes))
        .anySatisfy(p -> assertThat(p).contains(expected.replace("''", "'")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{}] | tests[0].input: is missing",
        "[{input: {topic: a}}] | must say what is expected",
        "[{input: {topic: a}, filtered: x, failed: y}] | exactly one of expect",
        "[{input: {topic: a, source: nope}, filtered: x}] | input.source: must be one of events",
        "[{input: {tpoic: a}, filtered: x}] | unknown key, did you mean topic?",
        "[{input: {timestamp: now}, filtered: x}] | input.timestamp: got now, allowed",
        "[{input: {}, expect: []}] | expect: is empty",
        "[{input: {}, expect: [{}]}] | expect[0].action: is missing",
        "[{name: a, input: {}, filtered: x}, {name: a, input: {}, filtered: x}] | another test has",
      })
  void whatTestsRefuse(String tests, String expected) {
    assertThat(problems(HEAD + ROUTES + "tests: " + tests))
        .anySatisfy(p -> assertThat(p).contains(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | bridge.yaml:1:1: the file is empty",
        "'a: [' | bridge.yaml:1:5: not YAML",
        "'- a' | must be a mapping of keys to values, got a list",
        "'a: 1\n---\nb: 2' | not YAML",
      })
  void whatIsNoConfigFile(String yaml, String expected) {
    assertThat(problems(yaml == null ? "" : yaml.replace("\\n", "\n")))
        .anySatisfy(p -> assertThat(p).contains(expected));
  }

  @Test
  void theTransformOperatorIsRefusedAsItRounds() {
    String route = "[{from: {source: events}, payload: '{{ $ ~> |$|{}| }}'}]";
    assertThat(problems(HEAD + "routes: " + route))
        .singleElement()
        .asString()
        .contains("the transform operator", "use $merge");
  }

  @Test
  void aSourceThatNoRouteReadsIsRefused() {
    String yaml = HEAD.replace("deadLetters", "  more: {kafka: {}, start: latest}\ndeadLetters");
    assertThat(problems(yaml + ROUTES))
        .singleElement()
        .asString()
        .contains("sources.more: no route reads from this source");
  }

  @Test
  void variablesAreResolvedInTemplatesTextButNotInTheirCode() throws ConfigException {
    BridgeConfig config =
        ConfigFixture.routes(
            """
            - from: {source: events}
              action: "${PREFIX:legacy}.$${x}.{{ $string($$.${'a': b}) }}"
              when: '$exists(${"k": v})'
            """
                .replace("$${x}", "y"));
    RouteConfig route = config.routes().get(0);
    assertThat(route.events().get(0).action()).hasToString("legacy.y.{{ $string($$.${'a': b}) }}");
    assertThat(Objects.requireNonNull(route.when()).text()).isEqualTo("$exists(${\"k\": v})");
  }

  @Test
  void twoDollarsStandForOne() throws ConfigException {
    Problems problems = new Problems();
    ConfigSection s = ConfigFile.parse("f", "a: x$${B}y ${C:d}", v -> null, problems);
    assertThat(s.text("a")).contains("x${B}y d");
    problems.refuse();
  }

  @Test
  void aValueFromAVariableIsNotShown() {
    assertThat(problems(withAmebo("{url: 'x${SECRET}', application: a, secret: s}")))
        .allSatisfy(p -> assertThat(p).doesNotContain("s3cr3t"));
  }

  @Test
  void filesAndSecretsInFiles(@TempDir Path directory) throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "from-a-file\n");
    Path file = directory.resolve("bridge.yaml");
    Files.writeString(file, HEAD.replace("${SECRET}", "${file:" + secret + "}") + ROUTES);
    BridgeConfig config =
        BridgeConfig.read(file, v -> null, List.of(new ConfigFixture.FakeConnector()));
    assertThat(Objects.requireNonNull(config.amebo().secret()).reveal()).isEqualTo("from-a-file");
    assertThat(config.deadLetters().directory()).isEqualTo(directory.resolve("dead"));
    assertThat(message(directory.resolve("none.yaml"))).endsWith("none.yaml:1:1: no such file");
    Files.write(file, "a: \u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(message(file)).contains("is not UTF-8 text");
  }

  private static String message(Path file) {
    return catchThrowableOfType(
            ConfigException.class, () -> BridgeConfig.read(file, v -> null, List.of()))
        .getMessage();
  }

  @Test
  void theConnectorIsToldWhatIsSelected() throws ConfigException {
    ConfigFixture.FakeConnector connector = new ConfigFixture.FakeConnector();
    String routes = "routes: [{from: {source: events, topic: [a, /b/]}}, {from: {source: events}}]";
    BridgeConfig.parse(
        "f", HEAD + routes, Path.of("/"), ConfigFixture.ENVIRONMENT::get, List.of(connector));
    assertThat(connector.selectedBySource.get("events"))
        .containsExactly(
            List.of(new Selector("topic", "a", false), new Selector("topic", "b", true)),
            List.of());
  }
}
