package io.amebobridge.core.deadletter;

import io.amebobridge.core.deadletter.StoredDeadLetter.State;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters; null asks for nothing. Immutable.
 *
 * @param reason a text that the reason contains
 * @param from stored at this time or later
 * @param before stored before this time
 */
public record DeadLetterFilter(
    @Nullable String route,
    @Nullable String source,
    @Nullable String reason,
    @Nullable Instant from,
    @Nullable Instant before,
    Set<State> states) {
  public DeadLetterFilter {
    states = Set.copyOf(states);
  }

  /** Every letter in these states. */
  public static DeadLetterFilter in(State... states) {
    return new DeadLetterFilter(null, null, null, null, null, Set.of(states));
  }

  boolean takes(State state) {
    return states.contains(state);
  }

  boolean takes(DeadLetter l) {
    return (route == null || route.equals(l.route()))
        && (source == null || source.equals(l.message().origin().source()))
        && (reason == null || l.reason().contains(reason))
        && (from == null || !l.at().isBefore(from))
        && (before == null || l.at().isBefore(before));
  }
}
