package io.amebobridge.server.registry;

/**
 * How many steps all patterns of one validation may take together. Counted, not timed, so that the
 * verdict on a payload is the same however busy the machine is. Confined to one thread.
 */
final class MatchingBudget {
  private static final long STEPS = 5_000_000;
  private static final long STEPS_A_CHARACTER = 16;
  private static final ThreadLocal<MatchingBudget> CURRENT =
      ThreadLocal.withInitial(MatchingBudget::new);
  private long left = STEPS;

  private MatchingBudget() {}

  /** The one of this thread's validation. */
  static MatchingBudget current() {
    return CURRENT.get();
  }

  /** Begins a validation. */
  static void begin(long payloadCharacters) {
    CURRENT.get().left = STEPS + STEPS_A_CHARACTER * payloadCharacters;
  }

  /** False once it is used up. */
  boolean take(int steps) {
    left -= steps;
    return left >= 0;
  }
}
