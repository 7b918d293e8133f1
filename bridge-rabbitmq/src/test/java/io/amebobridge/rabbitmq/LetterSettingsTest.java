package io.amebobridge.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.config.ConfigFile;
import io.amebobridge.core.config.ConfigProblem;
import io.amebobridge.core.config.ConfigSection;
import io.amebobridge.core.config.Problems;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code deadLetters} may say of RabbitMQ. */
class LetterSettingsTest {
  private final Problems problems = new Problems();

  private LetterSettings read(String more) throws Exception {
    String yaml = "deadLetters:\n  rabbitmq: {uri: 'amqp://b:hush@localhost'}\n" + more.indent(2);
    ConfigSection section =
        ConfigFile.parse("bridge.yaml", yaml, name -> null, problems).section("deadLetters");
    LetterSettings settings = LetterSettings.read(section);
    section.refuseUnknown();
    return settings;
  }

  private List<String> said() {
    return problems.found().stream().map(ConfigProblem::toString).toList();
  }

  @Test
  void aQueueIsTheDefaultExchangesRoutingKey() throws Exception {
    LetterSettings settings = read("queue: letters\nconfirmTimeout: 3s\nconnectTimeout: 2s");
    assertThat(said()).isEmpty();
    assertThat(settings.exchange()).isEmpty();
    assertThat(settings.routingKey()).isEqualTo("letters");
    assertThat(settings.confirmTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(settings.link().connectTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.target()).isEqualTo("queue letters");
    assertThat(settings.toString()).doesNotContain("hush");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "exchange: ''\nroutingKey: letters",
        "exchange: dead\nroutingKey: letters",
        "exchange: dead",
        "routingKey: letters"
      })
  void orAnExchangeWithARoutingKey(String yaml) throws Exception {
    LetterSettings unused = read(yaml);
    assertThat(said()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'', must say where copies go to",
    "exchange: '', must say where copies go to",
    "queue: '', 'queue: is empty'",
    "'{queue: a, exchange: b}', 'queue: stands beside exchange or routingKey'",
    "'{queue: a, routingKey: b}', 'queue: stands beside exchange or routingKey'",
    "'{queue: a, confirmTimeout: 0s}', 'confirmTimeout: got 0s, allowed: from'",
    "'{queue: a, quuee: b}', 'quuee: unknown key'"
  })
  void whatDoesNotFitIsSaid(String yaml, String says) throws Exception {
    LetterSettings unused = read(yaml.replaceAll("^\\{(.*), (.*)}$", "$1\n$2"));
    assertThat(said()).singleElement().asString().contains("deadLetters", says);
  }
}
