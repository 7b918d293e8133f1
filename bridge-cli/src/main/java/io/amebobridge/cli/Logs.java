package io.amebobridge.cli;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.joran.spi.JoranException;
import java.util.List;
import java.util.Locale;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** How this process logs; {@link LogConfigurator} does it. */
final class Logs {
  static final String LEVEL = "AMEBO_LOG_LEVEL";
  static final String FORMAT = "AMEBO_LOG_FORMAT";

  private static final List<String> LEVELS = List.of("error", "warn", "info", "debug", "trace");
  private static final List<String> FORMATS = List.of("text", "json");

  private Logs() {}

  /** What the environment says, before anything is logged; a word that is none is not obeyed. */
  static void begin() {
    word(LEVEL, LEVELS, "info");
    word(FORMAT, FORMATS, "text");
  }

  private static void word(String name, List<String> words, String usual) {
    String said = System.getenv(name);
    if (said == null || said.isEmpty()) return;
    String lower = said.toLowerCase(Locale.ROOT);
    if (words.contains(lower)) {
      System.setProperty(name, lower);
    } else {
      ServeVerb.warn(
          name + ": got " + said + ", allowed: " + String.join(", ", words) + "; taking " + usual);
      System.setProperty(name, usual);
    }
  }

  static String level() {
    return System.getProperty(LEVEL, "info");
  }

  static String format() {
    return System.getProperty(FORMAT, "text");
  }

  /** From now on; nothing happens where it is so already. */
  static void use(String level, String format) {
    if (level.equals(level()) && format.equals(format())) return;
    System.setProperty(LEVEL, level);
    System.setProperty(FORMAT, format);
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (factory instanceof LoggerContext context) {
      context.reset();
      try {
        new ContextInitializer(context).autoConfig();
      } catch (JoranException e) {
        throw new IllegalStateException("the logs cannot be configured", e);
      }
    }
  }
}
