package io.amebobridge.core.deadletter;

import io.amebobridge.core.deadletter.StoredDeadLetter.State;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** What became of each letter, in a bit or two apiece. Not thread-safe. */
final class ReplayStates {
  private final Map<Long, BitSet> replayed = new HashMap<>();
  private final Map<Long, BitSet> discarded = new HashMap<>();

  void set(LetterId id, State state) {
    switch (state) {
      case REPLAYED -> bits(replayed, id).set(id.number());
      case DISCARDED -> bits(discarded, id).set(id.number());
      case OPEN -> {}
    }
  }

  /** Accepted outweighs given up. */
  State get(LetterId id) {
    if (bits(replayed, id).get(id.number())) return State.REPLAYED;
    return bits(discarded, id).get(id.number()) ? State.DISCARDED : State.OPEN;
  }

  private static BitSet bits(Map<Long, BitSet> map, LetterId id) {
    return map.computeIfAbsent(id.segment(), s -> new BitSet());
  }
}
