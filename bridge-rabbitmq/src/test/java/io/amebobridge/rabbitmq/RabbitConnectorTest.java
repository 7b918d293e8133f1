package io.amebobridge.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.Selector;
import io.amebobridge.core.config.ConfigFile;
import io.amebobridge.core.config.ConfigProblem;
import io.amebobridge.core.config.ConfigSection;
import io.amebobridge.core.config.Problems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The config: what is refused, and with which words. */
class RabbitConnectorTest {
  private static final String GOOD =
      """
      rabbitmq: {uri: 'amqp://bridge:hush@localhost'}
      queue: orders
      read: takeover
      """;

  private static List<ConfigProblem> problems(String yaml, List<List<Selector>> selected)
      throws Exception {
    Problems problems = new Problems();
    ConfigSection section = ConfigFile.parse("bridge.yaml", yaml, name -> null, problems);
    new RabbitConnector().configure("shop", section, selected);
    section.refuseUnknown();
    return problems.found();
  }

  private static void assertProblem(String yaml, String path, String... says) throws Exception {
    assertThat(problems(yaml, List.of()))
        .singleElement()
        .satisfies(p -> assertThat(p.path()).isEqualTo(path))
        .satisfies(p -> assertThat(p.what()).contains(says).doesNotContain("hush"));
  }

  @Test
  void aGoodConfigHasNoProblem() throws Exception {
    assertThat(problems(GOOD, List.of())).isEmpty();
    String more =
        GOOD.replace("queue: orders", "queues: [orders, payments]")
            + "prefetch: 50\nlanes: routingKey\nidentity: 'header:event-id'\nmaxBodyBytes: 1MiB\n"
            + "connectTimeout: 3s\n";
    assertThat(problems(more, List.of(List.of(Selector.parse("queue", "/or.*/"))))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "connection.recovery.enabled, true, reconnects itself",
    "topology.recovery.enabled, true, reconnects itself",
    "use.nio, true, blocking sockets",
    "nio.nb.io.threads, 2, blocking sockets",
    "conection.timeout, 5, no option conection.timeout",
    "connection.timeout, soon, a whole number",
    "ssl.enabled, yes, 'true, false'",
    "addresses, 'a:b', host:port"
  })
  void anOptionThatBreaksAGuaranteeOrIsNoneIsRefused(String option, String value, String says)
      throws Exception {
    String yaml = GOOD.replace("localhost'}", "localhost', " + option + ": '" + value + "'}");
    assertProblem(yaml, "rabbitmq." + option, says);
  }

  @ParameterizedTest
  @CsvSource({
    "http://bridge:hush@localhost, scheme http",
    "amqp://bridge:hu#hush@local host, is no address",
    "amqp://bridge:hush@localhost/a/b, %2F",
    "amqp://bridge:hush@localhost?heartbeat=5, ?query",
    "amqp:, is no address"
  })
  void anAddressThatIsNoneIsRefusedWithoutItsPassword(String uri, String says) throws Exception {
    assertProblem(GOOD.replace("amqp://bridge:hush@localhost", uri), "rabbitmq.uri", says);
  }

  @Test
  void whatIsMissingIsNamed() throws Exception {
    assertProblem(GOOD.replace("read: takeover\n", ""), "read", "is missing", "takeover");
    assertProblem(GOOD.replace("queue: orders\n", ""), "queue", "is missing", "queues: [a, b]");
    assertProblem(
        GOOD.replace("{uri: 'amqp://bridge:hush@localhost'}", "{}"), "rabbitmq.uri", "is missing");
  }

  @ParameterizedTest
  @CsvSource({
    "read, steal, 'got steal, allowed: takeover'",
    "lanes, key, 'got key, allowed: queue'",
    "lanes, 'header:', header:<name>",
    "identity, message-id, 'got message-id, allowed: messageId'",
    "identity, 'property:message-id', property:<name>",
    "identity, 'body:', body:<field",
    "start, group:x, 'got group:x, allowed: first (or earliest)'",
    "start, 'offset:-1', offset:<n>",
    "start, 'time:yesterday', time:<ISO instant>",
    "lostOffsets, ignore, 'allowed: stop, continue'",
    "prefetch, 0, from 1 to 65535",
    "maxBodyBytes, 3, from 1024"
  })
  void whatIsNotAllowedSaysWhatIs(String key, String value, String says) throws Exception {
    String yaml = GOOD.replaceAll("(?m)^" + key + ": .*\n", "");
    assertProblem(yaml + key + ": '" + value + "'\n", key, says);
  }

  @Test
  void queuesAreNamedOnce() throws Exception {
    assertProblem(GOOD + "queues: [other]\n", "queue", "stands beside queues");
    assertProblem(
        GOOD.replace("queue: orders", "queues: [a, b, a]"), "queues", "names a queue twice");
    assertProblem(GOOD.replace("queue: orders", "queues: [a, '']"), "queues", "empty name");
    assertThat(problems(GOOD, List.of(List.of(Selector.parse("queue", "payments")))))
        .singleElement()
        .asString()
        .contains("a route reads queue payments, which is not among [orders]");
  }

  private static final String SHADOW =
      GOOD.replace("takeover", "shadow")
          + """
          shadow: {bindings: [{exchange: orders, routingKey: 'order.*'}]}
          """;

  @Test
  void aShadowHasItsDefaults() throws Exception {
    assertThat(problems(SHADOW, List.of(List.of(Selector.parse("queue", "orders"))))).isEmpty();
    String more =
        SHADOW.replace(
                "bindings",
                "queue: mine, type: quorum, maxLength: 10, maxLengthBytes: 2GiB, dropped: none,"
                    + " lostMessages: continue, watchInterval: 1s, bindings")
            + "management: {uri: 'http://localhost:15672/api/', username: u, password: p,"
            + " timeout: 3s}\n";
    assertThat(problems(more, List.of())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      delimiter = '|',
      value = {
        "exchange: orders, r | exchange: '', r | shadow.bindings[0].exchange | default exchange",
        "exchange: orders, r | r | shadow.bindings[0].exchange | is missing",
        "[{exchange: orders, routingKey: 'order.*'}] | [] | shadow.bindings | amebo inventory",
        "'order.*'} | 'order.*', arguments: [1]} | shadow.bindings[0].arguments | a mapping",
        "bindings | queue: orders, bindings | shadow.queue | application's own queue",
        "bindings | type: stream, bindings | shadow.type | classic, quorum",
        "bindings | maxLength: 0, bindings | shadow.maxLength | whole number",
        "bindings | overflow: x, bindings | shadow.overflow | unknown key",
        "queue: orders | queues: [orders, b] | queues | one queue a source",
        "read: shadow | read: takeover | shadow | for read: shadow only"
      })
  void whatIsNoShadowIsRefused(String old, String text, String path, String says) throws Exception {
    String yaml = SHADOW.replaceFirst(Pattern.quote(old), text);
    assertThat(yaml).isNotEqualTo(SHADOW);
    assertProblem(yaml, path, says);
  }

  @ParameterizedTest
  @CsvSource({
    "http://u:hush@localhost:15672, has a login",
    "amqp://localhost, scheme amqp",
    "http:, is no address",
    "http://localhost?a=b, more than host"
  })
  void aManagementApiIsAtAnAddress(String uri, String says) throws Exception {
    assertProblem(GOOD + "management: {uri: '" + uri + "'}\n", "management.uri", says);
  }

  @Test
  void theLoginOfAmqpIsThatOfTheManagementApi() {
    Map<String, String> options = Map.of("uri", "amqp://u%2F:p%40+ss@one");
    assertThat(ClientOptions.user(options)).isEqualTo("u/");
    assertThat(ClientOptions.password(options)).isEqualTo("p@+ss");
    Map<String, String> over = Map.of("uri", "amqp://u:p@one", "username", "v");
    assertThat(ClientOptions.user(over)).isEqualTo("v");
    assertThat(ClientOptions.password(Map.of("uri", "amqp://one"))).isEqualTo("guest");
  }

  @ParameterizedTest
  @ValueSource(strings = {"queue", "routingKey", "header:customer", "none"})
  void lanesPrintAsTheyAreWritten(String text) {
    assertThat(LaneRule.parse(text)).hasToString(text);
  }

  @Test
  void positionsHaveAFileBesideTheConfig() throws Exception {
    assertProblem(GOOD + "positions: {}\n", "positions.file", "is missing");
    assertProblem(
        GOOD + "positions: {file: a.json, every: 1s}\n", "positions.every", "unknown key");
    Problems problems = new Problems();
    ConfigSection section =
        ConfigFile.parse(
            "bridge.yaml",
            "start: latest\npositions: {file: data/a.json}",
            Path.of("/etc/bridge"),
            name -> null,
            problems);
    StreamSettings settings = StreamSettings.read(section);
    assertThat(problems.found()).isEmpty();
    assertThat(settings.positions()).isEqualTo(Path.of("/etc/bridge/data/a.json"));
    assertThat(settings.start()).hasToString("next");
    assertThat(settings.continueAfterLoss()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"first", "next", "offset:12", "time:2026-01-31T00:00:00Z"})
  void startsPrintAsTheyAreWritten(String text) {
    assertThat(StreamStart.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"messageId", "property:correlationId", "header:x-id", "body:a.b", "none"})
  void identitiesPrintAsTheyAreWritten(String text) {
    assertThat(IdentityRule.parse(text)).hasToString(text);
  }

  @Test
  void theAddressIsToldWithoutTheLogin() {
    Map<String, String> options =
        Map.of("uri", "amqps://u:p%40ss@one/my%2Fhost", "addresses", "two:5673, three");
    assertThat(ClientOptions.address(options)).isEqualTo("one:5671, two:5673, three:5671");
    assertThat(ClientOptions.virtualHost(options)).isEqualTo("my/host");
    assertThat(ClientOptions.virtualHost(Map.of("uri", "amqp://one"))).isEqualTo("/");
    var factory = ClientOptions.factory(options, Duration.ofSeconds(3));
    assertThat(factory.getVirtualHost()).isEqualTo("my/host");
    assertThat(factory.getPassword()).isEqualTo("p@ss");
    assertThat(factory.isSSL()).isTrue();
    assertThat(factory.isAutomaticRecoveryEnabled()).isFalse();
    assertThat(factory.getConnectionTimeout()).isEqualTo(3_000);
  }

  @Test
  void aKeyStoreThatIsNotThereIsSomebodysToMend() throws Exception {
    RabbitSource source =
        new RabbitSources("amqps://u:hush@localhost:1", "orders")
            .client("ssl.trust.store", "/nowhere.p12")
            .create();
    assertThatThrownBy(source::open)
        .isInstanceOfSatisfying(
            io.amebobridge.core.SourceException.class,
            e -> assertThat(e.temporary()).as(e.getMessage()).isFalse())
        .hasMessageContaining("/nowhere.p12");
    assertThat(source.toString()).doesNotContain("hush");
  }
}
