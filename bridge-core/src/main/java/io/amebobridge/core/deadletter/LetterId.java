package io.amebobridge.core.deadletter;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Segment and number within it, such as {@code 00000007-42}; grows with each letter stored. */
record LetterId(long segment, int number) implements Comparable<LetterId> {
  private static final Pattern PATTERN = Pattern.compile("(\\d{8,18})-(\\d{1,9})");
  private static final Comparator<LetterId> ORDER =
      Comparator.comparingLong(LetterId::segment).thenComparingInt(LetterId::number);

  static Optional<LetterId> parse(String text) {
    Matcher m = PATTERN.matcher(text);
    if (!m.matches()) return Optional.empty();
    return Optional.of(new LetterId(Long.parseLong(m.group(1)), Integer.parseInt(m.group(2))));
  }

  @Override
  public int compareTo(LetterId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return String.format("%08d-%d", segment, number);
  }
}
