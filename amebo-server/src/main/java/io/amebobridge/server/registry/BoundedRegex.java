package io.amebobridge.server.registry;

import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressions;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A schema's pattern, which must come to an end: some patterns take for ever with some texts, and
 * both come from outside. Thread-safe.
 */
final class BoundedRegex implements RegularExpression {
  private static final int LONGEST = 4_096;
  private final Pattern pattern;
  private final int stepsPerCharacter;

  /** Thrown where a text takes too many steps. */
  static final class TooSlow extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooSlow(String pattern) {
      super(
          "the schema's pattern " + pattern + " takes too long with this text", null, false, false);
    }
  }

  /**
   * Compiles a pattern.
   *
   * @throws PatternSyntaxException where it is malformed, or could never be bounded
   */
  BoundedRegex(String text) {
    if (text.length() > LONGEST) {
      throw new PatternSyntaxException(
          "has " + text.length() + " characters, allowed: " + LONGEST, "", -1);
    }
    String java =
        RegularExpressions.replaceLongformCharacterProperties(
            RegularExpressions.replaceDollarAnchors(text));
    stepsPerCharacter = PatternWeight.of(java);
    try {
      pattern = Pattern.compile(java);
    } catch (StackOverflowError e) {
      throw new PatternSyntaxException("is nested too deeply", "", -1);
    }
  }

  @Override
  public boolean matches(String value) {
    try {
      return pattern.matcher(new Counted(value, MatchingBudget.current())).find();
    } catch (StackOverflowError e) {
      throw new TooSlow(pattern.pattern());
    }
  }

  private final class Counted implements CharSequence {
    private final CharSequence text;
    private final MatchingBudget budget;

    Counted(CharSequence text, MatchingBudget budget) {
      this.text = text;
      this.budget = budget;
      spend(); // a match costs something even where no character is read
    }

    private void spend() {
      if (!budget.take(stepsPerCharacter)) {
        throw new TooSlow(pattern.pattern());
      }
    }

    @Override
    public char charAt(int index) {
      spend();
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Counted(text.subSequence(start, end), budget);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
