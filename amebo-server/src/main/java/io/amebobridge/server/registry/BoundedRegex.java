package io.amebobridge.server.registry;

import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressions;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * A schema's pattern, which must answer in time: some patterns take for ever with some texts, and
 * both come from outside. Thread-safe.
 */
final class BoundedRegex implements RegularExpression {
  private static final long PATIENCE_NANOS = Duration.ofMillis(50).toNanos();
  private static final int STEPS = 1 << 10; // between two looks at the clock
  private final Pattern pattern;

  /** Thrown where a text takes too long. */
  static final class TooSlow extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooSlow(String pattern) {
      super(
          "the schema's pattern " + pattern + " takes too long with this text", null, false, false);
    }
  }

  BoundedRegex(String text) {
    pattern =
        Pattern.compile(
            RegularExpressions.replaceLongformCharacterProperties(
                RegularExpressions.replaceDollarAnchors(text)));
  }

  @Override
  public boolean matches(String value) {
    try {
      return pattern.matcher(new Timed(value, System.nanoTime() + PATIENCE_NANOS)).find();
    } catch (StackOverflowError e) {
      throw new TooSlow(pattern.pattern());
    }
  }

  private final class Timed implements CharSequence {
    private final CharSequence text;
    private final long deadline;
    private int steps;

    Timed(CharSequence text, long deadline) {
      this.text = text;
      this.deadline = deadline;
    }

    @Override
    public char charAt(int index) {
      if (++steps % STEPS == 0 && System.nanoTime() - deadline > 0) {
        throw new TooSlow(pattern.pattern());
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Timed(text.subSequence(start, end), deadline);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
