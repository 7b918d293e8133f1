package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogConfiguratorTest {
  /** They write payloads and credentials; with {@code --verbose} it is the root that is lower. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "software.amazon.awssdk.request",
        "software.amazon.awssdk.http",
        "org.apache.hc.client5.http.wire",
        "org.apache.hc.client5.http.headers"
      })
  void whatWritesPayloadsStaysQuietAlsoWhenTheRestDoesNot(String logger) {
    LoggerContext logs = new LoggerContext();
    LogConfigurator.quieten(logs);
    logs.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.TRACE);
    assertThat(logs.getLogger(logger).getEffectiveLevel()).isEqualTo(Level.WARN);
    assertThat(logs.getLogger("io.amebobridge.aws").isDebugEnabled()).isTrue();
  }
}
