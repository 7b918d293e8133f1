package io.amebobridge.core;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What a route's {@code from} asks of one variable of a message, such as {@code topic: user-events}
 * or, between slashes, a pattern: {@code topic: /orders\..+/}. Immutable.
 *
 * @param variable such as {@code topic}
 * @param text the exact text, or the pattern without its slashes
 */
public record Selector(String variable, String text, boolean isPattern) {
  public Selector {
    if (isPattern) Pattern.compile(text);
  }

  /**
   * Reads the config's notation.
   *
   * @throws PatternSyntaxException for a bad pattern
   */
  public static Selector parse(String variable, String notation) {
    boolean pattern = notation.length() > 1 && notation.startsWith("/") && notation.endsWith("/");
    String text = pattern ? notation.substring(1, notation.length() - 1) : notation;
    return new Selector(variable, text, pattern);
  }

  public boolean matches(Map<String, Object> variables) {
    Object value = variables.get(variable);
    if (value == null) return false;
    return isPattern ? Pattern.matches(text, value.toString()) : text.equals(value.toString());
  }
}
