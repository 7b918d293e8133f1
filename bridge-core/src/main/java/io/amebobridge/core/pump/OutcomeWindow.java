package io.amebobridge.core.pump;

import java.util.BitSet;

/** The share of dead letters among the last so many messages of a route. */
final class OutcomeWindow {
  private final BitSet dead;
  private final int size;
  private int seen;
  private int next;
  private int count;

  OutcomeWindow(int size) {
    this.size = size;
    this.dead = new BitSet(size);
  }

  void add(boolean deadLettered) {
    if (dead.get(next)) count--;
    dead.set(next, deadLettered);
    if (deadLettered) count++;
    next = (next + 1) % size;
    if (seen < size) seen++;
  }

  /** Never before the window is full: a few bad messages at the start prove nothing. */
  boolean exceeds(double share) {
    return seen == size && count > share * size;
  }

  int count() {
    return count;
  }
}
