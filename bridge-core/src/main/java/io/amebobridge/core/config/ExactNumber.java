package io.amebobridge.core.config;

import java.math.BigDecimal;

/**
 * A number as it was written: {@code 100.00} stays {@code 100.00}, and a number of 20 digits keeps
 * them. JSONata passes values through untouched but calculates and compares in doubles, which can't
 * hold every number; whoever evaluates learns through {@link Rounding} that it came to that, and
 * can find out whether it made a difference. Immutable but for the rounding, which is confined to
 * the thread that evaluates.
 */
public final class ExactNumber extends Number implements Comparable<ExactNumber> {
  private static final long serialVersionUID = 1L;

  private final String text;
  private final double nearest;
  private final boolean isDouble;
  private final transient Rounding rounding;

  private ExactNumber(String text, Rounding rounding) {
    this.text = text;
    this.rounding = rounding;
    this.nearest = Double.parseDouble(text);
    this.isDouble = isExact(text, nearest);
  }

  public static ExactNumber of(String text) {
    return new ExactNumber(text, new Rounding());
  }

  /**
   * Reads a JSON number.
   *
   * @param rounding is told when the number is used as a double that it is not
   */
  public static ExactNumber of(String text, Rounding rounding) {
    return new ExactNumber(text, rounding);
  }

  /** Fifteen digits survive a double; more have to be looked at. */
  private static boolean isExact(String text, double nearest) {
    if (Double.isInfinite(nearest)) return false;
    if (text.length() <= 15 && text.indexOf('e') < 0 && text.indexOf('E') < 0) return true;
    return new BigDecimal(Double.toString(nearest)).compareTo(new BigDecimal(text)) == 0;
  }

  /** Whether a double holds this number, so that calculating starts from the right value. */
  public boolean isDouble() {
    return isDouble;
  }

  @Override
  public double doubleValue() {
    return isDouble ? nearest : rounding.round(nearest);
  }

  @Override
  public int intValue() {
    return (int) doubleValue();
  }

  @Override
  public long longValue() {
    return (long) doubleValue();
  }

  @Override
  public float floatValue() {
    return (float) doubleValue();
  }

  @Override
  public int compareTo(ExactNumber other) {
    if (isDouble && other.isDouble) return Double.compare(nearest + 0.0, other.nearest + 0.0);
    return new BigDecimal(text).compareTo(new BigDecimal(other.text));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExactNumber n && compareTo(n) == 0;
  }

  @Override
  public int hashCode() {
    return Double.hashCode(nearest + 0.0);
  }

  /** As written. */
  @Override
  public String toString() {
    return text;
  }

  /**
   * What a number that is no double passes for in a calculation. Evaluating again with the next
   * double below and the next above tells whether the result hangs on the rounding. Not
   * thread-safe.
   */
  public static final class Rounding {
    /** Which double stands in. */
    public enum Mode {
      NEAREST,
      BELOW,
      ABOVE
    }

    private Mode mode = Mode.NEAREST;
    private boolean happened;

    public void start(Mode newMode) {
      mode = newMode;
      happened = false;
    }

    /** Whether a number was rounded since the start. */
    public boolean happened() {
      return happened;
    }

    private double round(double nearest) {
      happened = true;
      return switch (mode) {
        case NEAREST -> nearest;
        case BELOW -> Math.nextDown(nearest);
        case ABOVE -> Math.nextUp(nearest);
      };
    }
  }
}
