package io.amebobridge.core.config;

import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads JSONata: what is wrong with an expression is said at start, not on the first message. */
final class ExpressionSyntax {
  /**
   * A repeat must give the same event, or the server takes it for another one under the same id;
   * and a message's text must not become a program.
   */
  private static final Set<String> REFUSED =
      Set.of("now", "millis", "random", "uuid", "shuffle", "eval");

  private static final Pattern VARIABLE = Pattern.compile("\\$([\\p{L}_][\\p{L}\\p{N}_]*)");
  private static final Pattern OWN =
      Pattern.compile("\\$(\\w+)\\s*:=|[@#]\\s*\\$(\\w+)|(?:function|λ)\\s*\\(([^)]*)\\)");
  private static final Pattern VARIABLE_PATH =
      Pattern.compile("\\$\\w+(?:\\s*\\.\\s*(?:\\w+|\"\"))*");
  private static final Pattern NUMBER =
      Pattern.compile("(?<![\\w$.])\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?");
  private static final Pattern KEYWORD = Pattern.compile("\\b(?:and|or|in|true|false|null)\\b");
  private static final Pattern READS_BODY = Pattern.compile("[\\p{L}_$%*/`^]");

  /** Calls that are given all they look at; any other may fall back on the body. */
  private static final Pattern CLOSED_CALL =
      Pattern.compile(
          "\\$(?:(?:exists|not|boolean|string|number|length|lowercase|uppercase|trim)"
              + "\\(\\s*(?=\\$\\w)|(?:contains|substringBefore|substringAfter)"
              + "\\(\\s*(?=\\$\\w+(?:\\.(?:\\w+|\"\"))*\\s*,))");

  private static final Pattern CALL = Pattern.compile("\\$\\w+\\s*\\(");

  private ExpressionSyntax() {}

  /** What is wrong, or the expression. */
  record Parsed(@Nullable Expression expression, @Nullable String wrong) {}

  static Parsed parse(String text, Set<String> known) {
    try {
      Jsonata.jsonata(text);
    } catch (JException e) {
      return wrong(describe(e) + " at character " + Math.max(1, e.getLocation()), text);
    } catch (RuntimeException | StackOverflowError e) {
      return wrong("JSONata can't read this (" + e.getClass().getSimpleName() + ")", text);
    }
    String code = withoutText(text);
    Set<String> variables = variables(code);
    Set<String> own = own(code);
    for (String variable : variables) {
      if (own.contains(variable)) continue;
      String problem = refusal(variable, known);
      if (problem != null) return wrong(problem, text);
    }
    if (code.indexOf('|') >= 0) {
      return wrong("the transform operator | | | rounds numbers; use $merge", text);
    }
    Optional<String> inexact = inexactLiteral(code);
    if (inexact.isPresent()) {
      return wrong(
          inexact.get() + " has more digits than JSONata can hold; write it as text in quotes",
          text);
    }
    return new Parsed(new Expression(text, variables, readsBody(code)), null);
  }

  /** Whether JSONata can read it. */
  static boolean compiles(String text) {
    if (text.isBlank()) return false;
    try {
      Jsonata.jsonata(text);
      return true;
    } catch (RuntimeException | StackOverflowError unreadable) {
      return false;
    }
  }

  private static Parsed wrong(String what, String text) {
    return new Parsed(null, "bad JSONata: " + what + ", in: " + text.strip());
  }

  /** The library's message without its machine-readable tail. */
  static String describe(JException e) {
    String message = e.getDetailedErrorMessage();
    if (message == null) message = String.valueOf(e.getMessage());
    int tail = message.indexOf(" {code=");
    message = tail < 0 ? message : message.substring(0, tail);
    String prefix = "JSONataException ";
    return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
  }

  private static @Nullable String refusal(String variable, Set<String> known) {
    if (variable.equals("eval")) return "$eval would run a message's text as a program";
    if (REFUSED.contains(variable)) {
      return "$"
          + variable
          + " gives another value each time, so that a repeat would not be recognised as one;"
          + " use $timestamp, $offset or $messageId";
    }
    if (known.contains(variable) || isBuiltIn(variable)) return null;
    String near = Nearest.to(variable, known).map(k -> ", did you mean $" + k + "?").orElse("");
    return "unknown variable $" + variable + near;
  }

  private static boolean isBuiltIn(String name) {
    Object found = Jsonata.jsonata("$exists($" + name + ")").evaluate(null);
    return Boolean.TRUE.equals(found);
  }

  private static Set<String> variables(String code) {
    Set<String> found = new HashSet<>();
    Matcher m = VARIABLE.matcher(code);
    while (m.find()) found.add(m.group(1));
    return found;
  }

  private static Set<String> own(String code) {
    Set<String> found = new HashSet<>();
    Matcher m = OWN.matcher(code);
    while (m.find()) {
      if (m.group(1) != null) found.add(m.group(1));
      if (m.group(2) != null) found.add(m.group(2));
      if (m.group(3) != null) found.addAll(variables(m.group(3)));
    }
    return found;
  }

  /** Literals are doubles: more than 15 significant digits would silently change. */
  private static Optional<String> inexactLiteral(String code) {
    Matcher m = NUMBER.matcher(code);
    while (m.find()) {
      if (!ExactNumber.of(m.group()).isDouble()) return Optional.of(m.group());
    }
    return Optional.empty();
  }

  private static boolean readsBody(String code) {
    String rest = CLOSED_CALL.matcher(code).replaceAll(" (");
    if (CALL.matcher(rest).find()) return true;
    rest = VARIABLE_PATH.matcher(rest).replaceAll(" ");
    rest = NUMBER.matcher(rest).replaceAll(" ");
    rest = KEYWORD.matcher(rest).replaceAll(" ");
    return READS_BODY.matcher(rest).find();
  }

  /**
   * The expression with each text literal as {@code ""}, each quoted name as {@code `}, and without
   * comments and the insides of regular expressions.
   */
  private static String withoutText(String text) {
    StringBuilder code = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '"' || c == '\'') {
        i = end(text, i, c);
        code.append("\"\"");
      } else if (c == '`') {
        i = end(text, i, c);
        code.append('`');
      } else if (text.startsWith("/*", i)) {
        int close = text.indexOf("*/", i + 2);
        i = close < 0 ? text.length() : close + 2;
        code.append(' ');
      } else if (c == '/' && startsRegex(code)) {
        i = end(text, i, c);
        code.append("/");
      } else {
        code.append(c);
        i++;
      }
    }
    return code.toString();
  }

  /** The place after the closing quote. */
  private static int end(String text, int open, char quote) {
    int i = open + 1;
    while (i < text.length() && text.charAt(i) != quote) {
      i += quote != '`' && text.charAt(i) == '\\' ? 2 : 1;
    }
    return Math.min(text.length(), i + 1);
  }

  /** A slash divides after a value and starts a regular expression anywhere else. */
  private static boolean startsRegex(CharSequence before) {
    int i = before.length() - 1;
    while (i >= 0 && Character.isWhitespace(before.charAt(i))) i--;
    return i < 0 || "([{,;:=?&|+-<>!~".indexOf(before.charAt(i)) >= 0;
  }
}
