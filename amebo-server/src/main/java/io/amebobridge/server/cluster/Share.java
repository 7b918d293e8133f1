package io.amebobridge.server.cluster;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many subscriptions an instance takes or gives back, so that no two differ by more than one
 * and none is moved without need. All instances come to the same result from the same rows.
 *
 * @param take at most so many of the free ones
 * @param giveBack so many of its own
 */
record Share(int take, int giveBack) {
  /**
   * Computes it.
   *
   * @param me an instance; one that is not live gives everything back
   * @param live the instances that count
   * @param holders of each subscription, an instance's id or "" where it is free; holders that are
   *     not live but hold what they have not yet given back count as well
   */
  static Share of(String me, Collection<String> live, List<String> holders) {
    Map<String, Integer> held = new TreeMap<>();
    live.forEach(instance -> held.put(instance, 0));
    for (String holder : holders) {
      held.computeIfPresent(holder, (id, count) -> count + 1);
    }
    Integer mine = held.get(me);
    if (mine == null) {
      return new Share(0, (int) holders.stream().filter(me::equals).count());
    }
    int least = holders.size() / held.size();
    int most = (holders.size() + held.size() - 1) / held.size();
    if (mine > most) {
      return new Share(0, mine - most);
    }
    if (mine == most && most > least) {
      return new Share(0, givesOne(me, held, least, most, free(holders)) ? 1 : 0);
    }
    if (mine < least) {
      return new Share(least - mine, 0);
    }
    int left = free(holders); // what those with too little do not need
    for (int count : held.values()) {
      left -= Math.max(0, least - count);
    }
    return new Share(Math.max(0, Math.min(most - mine, left)), 0);
  }

  private static int free(List<String> holders) {
    return (int) holders.stream().filter(String::isEmpty).count();
  }

  /** Some have too little, and what is free or too much elsewhere is not enough for them. */
  private static boolean givesOne(
      String me, Map<String, Integer> held, int least, int most, int free) {
    int missing = -free;
    for (int count : held.values()) {
      missing += Math.max(0, least - count) - Math.max(0, count - most);
    }
    for (Map.Entry<String, Integer> each : held.entrySet()) {
      if (each.getKey().equals(me)) {
        break;
      }
      missing -= each.getValue() == most ? 1 : 0;
    }
    return missing > 0;
  }
}
