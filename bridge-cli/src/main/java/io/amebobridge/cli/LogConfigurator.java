package io.amebobridge.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Map;

/**
 * What a logback.xml would say, but a start need not read XML for it. A file of the user's, in
 * {@code -Dlogback.configurationFile}, goes before it. Standard output belongs to what was asked
 * for; logs go to standard error.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogConfigurator extends ContextAwareBase implements Configurator {
  private static final String PATTERN =
      "%d{HH:mm:ss.SSS} %-5level [%thread] %logger{0}: %msg%replace( %kvp){'^ $', ''}%n";
  private static final Map<String, Level> QUIETER =
      Map.of(
          "org.apache.kafka", Level.ERROR,
          "com.rabbitmq", Level.ERROR,
          "org.flywaydb", Level.WARN,
          "com.zaxxer.hikari", Level.WARN,
          // below that they write what is sent and received
          "software.amazon.awssdk", Level.WARN,
          "org.apache.hc", Level.WARN,
          "io.netty", Level.WARN,
          "io.vertx", Level.WARN);

  @Override
  public ExecutionStatus configure(LoggerContext logs) {
    if (!System.getProperty("logback.configurationFile", "").isEmpty()) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(logs);
    console.setTarget("System.err");
    console.setEncoder(Logs.format().equals("json") ? json() : text(logs));
    console.start();
    quieten(logs);
    Logger root = logs.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.toLevel(Logs.level(), Level.INFO));
    root.addAppender(console);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Whatever the level of the rest. */
  static void quieten(LoggerContext logs) {
    QUIETER.forEach((name, level) -> logs.getLogger(name).setLevel(level));
  }

  private static Encoder<ILoggingEvent> text(LoggerContext logs) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(logs);
    encoder.setPattern(PATTERN);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> json() {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithContext(false);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.setWithFormattedMessage(true);
    encoder.start();
    return encoder;
  }
}
