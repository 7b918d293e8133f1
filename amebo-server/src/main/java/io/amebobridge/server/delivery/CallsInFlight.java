package io.amebobridge.server.delivery;

import java.util.HashSet;
import java.util.Set;

/** A subscription's calls under way, and how many there may be. Confined to one event loop. */
final class CallsInFlight {
  private final AdaptiveWindow window;
  private final Set<Long> inFlight = new HashSet<>();
  private final Set<Long> parked = new HashSet<>();

  CallsInFlight(int most) {
    this.window = new AdaptiveWindow(most);
  }

  AdaptiveWindow window() {
    return window;
  }

  boolean hasRoom() {
    return inFlight.size() < window.size();
  }

  void began(long event) {
    inFlight.add(event);
  }

  /** No call, but not to be begun again either until it has ended. */
  void parked(long event) {
    inFlight.remove(event);
    parked.add(event);
  }

  void ended(long event) {
    inFlight.remove(event);
    parked.remove(event);
  }

  boolean busy(long event) {
    return inFlight.contains(event) || parked.contains(event);
  }

  int inFlight() {
    return inFlight.size();
  }
}
