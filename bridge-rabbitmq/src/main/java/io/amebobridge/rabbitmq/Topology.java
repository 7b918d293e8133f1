package io.amebobridge.rabbitmq;

import io.amebobridge.rabbitmq.BrokerInventory.Binding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The bindings of a virtual host by where they lead. Immutable after it was made. */
final class Topology {
  /** Exchanges bound to each other in many ways have more ways than anybody would read. */
  private static final int MOST_PATHS = 200;

  private final Map<String, List<Binding>> toQueues = new HashMap<>();
  private final Map<String, List<Binding>> toExchanges = new HashMap<>();

  Topology(List<Binding> bindings) {
    for (Binding b : bindings) {
      var map = b.toExchange() ? toExchanges : toQueues;
      map.computeIfAbsent(b.to(), name -> new ArrayList<>()).add(b);
    }
  }

  List<Binding> ofQueue(String queue) {
    return toQueues.getOrDefault(queue, List.of());
  }

  /**
   * Every way to a queue, from where publishers may send: each exchange on it is a beginning.
   * Without the default exchange's, and at most some hundreds.
   */
  List<List<Binding>> paths(String queue) {
    List<List<Binding>> paths = new ArrayList<>();
    for (Binding last : ofQueue(queue)) {
      if (!last.exchange().isEmpty()) extend(List.of(last), Set.of(last.exchange()), paths);
    }
    return paths;
  }

  private void extend(List<Binding> path, Set<String> passed, List<List<Binding>> paths) {
    if (paths.size() >= MOST_PATHS) return;
    paths.add(path);
    for (Binding before : toExchanges.getOrDefault(path.get(0).exchange(), List.of())) {
      if (passed.contains(before.exchange())) continue; // exchanges may be bound in a circle
      List<Binding> longer = new ArrayList<>(path.size() + 1);
      longer.add(before);
      longer.addAll(path);
      Set<String> more = new HashSet<>(passed);
      more.add(before.exchange());
      extend(List.copyOf(longer), more, paths);
    }
  }
}
