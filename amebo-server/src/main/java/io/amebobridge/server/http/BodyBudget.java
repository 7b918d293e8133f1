package io.amebobridge.server.http;

import java.util.HashMap;
import java.util.Map;

/**
 * How many bytes of bodies may be held at once, by all connections together and by those from one
 * address. Charged as they arrive: who announces much and sends little holds little. Thread-safe.
 */
final class BodyBudget {
  private final long bytes;
  private final long byOne;
  private final Map<String, Long> held = new HashMap<>();
  private long all;

  /**
   * Makes a budget.
   *
   * @param byOne the most for one address
   */
  BodyBudget(long bytes, long byOne) {
    this.bytes = bytes;
    this.byOne = byOne;
  }

  /** Whether there is room for so many more; takes it then. */
  synchronized boolean take(String address, long more) {
    long own = held.getOrDefault(address, 0L);
    if (all + more > bytes || own + more > byOne) {
      return false;
    }
    all += more;
    held.put(address, own + more);
    return true;
  }

  synchronized void giveBack(String address, long less) {
    all -= less;
    held.computeIfPresent(address, (known, own) -> own == less ? null : Long.valueOf(own - less));
  }
}
