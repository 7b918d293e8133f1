package io.amebobridge.client;

import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A W3C {@code traceparent}: which trace something belongs to, and whose child it is. Immutable.
 *
 * @param traceId 32 lower-case hex digits, not all zero
 * @param parentId 16 lower-case hex digits, not all zero
 * @param flags only those that version 00 knows: 1 sampled, 2 random trace id
 */
public record TraceParent(String traceId, String parentId, int flags) {
  /** The header's name, and the name of the field in an event. */
  public static final String NAME = "traceparent";

  private static final int KNOWN_FLAGS = 0b11;
  private static final Pattern FORM =
      Pattern.compile(
          "(?!ff)(?<version>[0-9a-f]{2})-(?!0{32})(?<trace>[0-9a-f]{32})"
              + "-(?!0{16})(?<parent>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<more>-.*)?");

  /**
   * Empty for what the specification says to ignore. A version of the future is read as far as this
   * one goes.
   */
  public static Optional<TraceParent> parse(@Nullable String text) {
    if (text == null) return Optional.empty();
    Matcher m = FORM.matcher(text);
    if (!m.matches() || (m.group("version").equals("00") && m.group("more") != null)) {
      return Optional.empty();
    }
    int flags = Integer.parseInt(m.group("flags"), 16) & KNOWN_FLAGS;
    return Optional.of(new TraceParent(m.group("trace"), m.group("parent"), flags));
  }

  /** The same trace, with a new random parent: for a call that is made on its behalf. */
  public TraceParent child() {
    long id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    return new TraceParent(traceId, String.format("%016x", id), flags);
  }

  /** As it is sent. */
  @Override
  public String toString() {
    return "00-" + traceId + "-" + parentId + "-" + String.format("%02x", flags);
  }
}
