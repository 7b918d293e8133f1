package io.amebobridge.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.Selector;
import io.amebobridge.core.config.ConfigFile;
import io.amebobridge.core.config.ConfigProblem;
import io.amebobridge.core.config.ConfigSection;
import io.amebobridge.core.config.Problems;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The config: what is refused, and with which words. */
class KafkaConnectorTest {
  private static final String GOOD =
      """
      kafka: {bootstrap.servers: 'localhost:9092', group.id: bridge}
      start: earliest
      """;
  private static final List<List<Selector>> TOPIC =
      List.of(List.of(Selector.parse("topic", "orders")));

  private static List<ConfigProblem> problems(String yaml, List<List<Selector>> selected)
      throws Exception {
    Problems problems = new Problems();
    ConfigSection section = ConfigFile.parse("bridge.yaml", yaml, name -> null, problems);
    new KafkaConnector().configure("events", section, selected);
    section.refuseUnknown();
    return problems.found();
  }

  private static void assertProblem(String yaml, String path, String... says) throws Exception {
    assertThat(problems(yaml, TOPIC))
        .singleElement()
        .satisfies(p -> assertThat(p.path()).isEqualTo(path))
        .satisfies(p -> assertThat(p.what()).contains(says));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "earliest",
        "latest",
        "group:shop",
        "group:shop else earliest",
        "time:2026-01-31T00:00:00Z"
      })
  void aStartPrintsAsItIsWritten(String text) {
    assertThat(StartPosition.parse(text)).hasToString(text);
  }

  @Test
  void aRouteNeedsATopic() throws Exception {
    assertThat(problems(GOOD, List.of(List.of())))
        .singleElement()
        .asString()
        .contains("without a topic");
  }

  @Test
  void aGoodConfigHasNoProblem() throws Exception {
    assertThat(problems(GOOD, TOPIC)).isEmpty();
    assertThat(
            problems(GOOD + "lostOffsets: continue\nmaxUnsettled: 5\ncommitInterval: 1s\n", TOPIC))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "enable.auto.commit, false, the bridge commits",
    "auto.commit.interval.ms, 5, commitInterval",
    "auto.offset.reset, latest, see start",
    "key.deserializer, X, raw bytes",
    "value.deserializer, X, raw bytes",
    "interceptor.classes, X, drop messages",
    "allow.auto.create.topics, true, creates nothing",
    "partition.assignment.strategy, X, cooperative",
    "group.protocol, consumer, cooperative",
    "sesion.timeout.ms, 5, no option sesion.timeout.ms",
    "session.timeout.ms, soon, session.timeout.ms",
    "isolation.level, dirty, read_committed"
  })
  void anOptionThatBreaksAGuaranteeOrIsNoneIsRefused(String option, String value, String says)
      throws Exception {
    String yaml = GOOD.replace("bridge}", "bridge, " + option + ": " + value + "}");
    assertProblem(yaml, "kafka." + option, says);
  }

  @Test
  void theOptionsOfAPlugInAreItsOwn() throws Exception {
    String plugIn = "bridge, sasl.login.callback.handler.class: a.B, b.option: 1}";
    // the class is looked for when connecting; its options are nobody else's business
    assertThat(problems(GOOD.replace("bridge}", plugIn), TOPIC))
        .noneMatch(p -> p.path().equals("kafka.b.option"));
  }

  @Test
  void whatIsMissingIsNamed() throws Exception {
    assertProblem("kafka: {group.id: b}\nstart: latest\n", "kafka.bootstrap.servers", "is missing");
    assertProblem(
        "kafka: {bootstrap.servers: 'a:1'}\nstart: latest\n", "kafka.group.id", "missing");
    assertProblem(GOOD.replace("start: earliest\n", ""), "start", "is missing", "time:<ISO");
  }

  @ParameterizedTest
  @ValueSource(strings = {"newest", "group:", "time:yesterday", "time:", "Earliest"})
  void aBadStartSaysWhatIsAllowed(String start) throws Exception {
    String yaml = GOOD.replace("start: earliest", "start: '" + start + "'");
    assertProblem(yaml, "start", "got " + start, "allowed: earliest, latest, group:<id>");
  }

  @Test
  void theBridgesOwnGroupIsNoStart() throws Exception {
    assertProblem(GOOD.replace("start: earliest", "start: 'group:bridge'"), "start", "own group");
  }

  @Test
  void startsAreRead() {
    assertThat(StartPosition.parse("group:billing v2"))
        .isEqualTo(new StartPosition.Group("billing v2", false));
    assertThat(StartPosition.parse("group:billing else earliest"))
        .isEqualTo(new StartPosition.Group("billing", true));
    assertThat(StartPosition.parse("time:2026-01-31T00:00:00Z"))
        .isEqualTo(new StartPosition.Time(Instant.parse("2026-01-31T00:00:00Z")));
  }

  @Test
  void secretsAreInNoText() throws Exception {
    KafkaSources sources =
        new KafkaSources("localhost:1", "group")
            .topic("t")
            .client("sasl.jaas.config", "x.Y required password=\"hush\";")
            .client("ssl.keystore.password", "hush");
    assertThat(sources.create().toString()).doesNotContain("hush").contains("localhost:1");
    assertThat(sources.factory().toString()).doesNotContain("hush");
  }

  @Test
  void theDrainEndsBeforeTheSessionDoes() {
    KafkaSettings settings =
        new KafkaSettings(
            "events",
            java.util.Map.of("session.timeout.ms", "6000", "max.poll.interval.ms", "60000"),
            new TopicSelection(List.of()),
            new StartPosition.Earliest(),
            false,
            1,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));
    assertThat(settings.drainDeadline()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void aSourceThatIsNotOpenSaysSo() throws Exception {
    KafkaSource source = new KafkaSources("localhost:1", "g").topic("t").create();
    assertThatThrownBy(() -> source.poll(1, Duration.ZERO))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not open");
    source.wakeup();
    source.close();
    assertThat(source.lanes()).isEmpty();
  }
}
