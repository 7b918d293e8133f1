package io.amebobridge.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The first names that come, as labels; all later ones are one. Thread-safe. */
final class BoundedNames {
  static final String OTHER = "other";
  private final Set<String> known = ConcurrentHashMap.newKeySet();
  private final int most;

  BoundedNames(int most) {
    this.most = most;
  }

  String of(String name) {
    if (known.contains(name)) {
      return name;
    }
    synchronized (known) {
      if (known.size() < most) {
        known.add(name);
      }
    }
    return known.contains(name) ? name : OTHER;
  }
}
