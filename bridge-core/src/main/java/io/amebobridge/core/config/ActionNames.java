package io.amebobridge.core.config;

import java.util.Optional;
import java.util.regex.Pattern;

/** What an action may be called. Stateless. */
public final class ActionNames {
  private static final int MOST = 255;
  private static final Pattern ALLOWED = Pattern.compile("[\\p{L}\\p{N}._:/@+~-]+");

  private ActionNames() {}

  /** What is wrong with this name, if anything. */
  public static Optional<String> problem(String name) {
    if (name.isEmpty()) return Optional.of("the action's name is empty");
    if (name.length() > MOST) {
      return Optional.of(
          "the action's name has " + name.length() + " characters, allowed: " + MOST);
    }
    if (ALLOWED.matcher(name).matches()) return Optional.empty();
    return Optional.of(
        "the action's name is " + quoted(name) + ", allowed: letters, digits and . _ - : / @ + ~");
  }

  /** A name comes from messages: nothing in it may write lines of its own into a log. */
  private static String quoted(String name) {
    StringBuilder out = new StringBuilder("\"");
    name.codePoints()
        .forEach(
            c -> {
              if (Character.isISOControl(c)) out.append(String.format("\\u%04x", c));
              else out.appendCodePoint(c);
            });
    return out.append('"').toString();
  }
}
