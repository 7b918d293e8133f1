package io.amebobridge.server.delivery;

import io.amebobridge.server.store.DeliveryRow.State;
import io.amebobridge.server.store.Resumption;
import java.util.concurrent.atomic.AtomicLong;

/** Where a driver stands. Written on its event loop, read from any thread. */
final class Gauges {
  private final AtomicLong retrying;
  private final AtomicLong dead;
  private volatile long cursor;
  private volatile int window;
  private volatile int inFlight;
  private volatile Endpoint.State endpoint = Endpoint.State.CLOSED;

  Gauges(Resumption from) {
    this.retrying = new AtomicLong(from.retrying());
    this.dead = new AtomicLong(from.dead());
    this.cursor = from.cursor();
  }

  /** Deliveries went from one state to another. */
  void moved(State before, State after, int count) {
    add(before, -count);
    add(after, count);
  }

  private void add(State state, int count) {
    if (state == State.RETRYING) {
      retrying.addAndGet(count);
    } else if (state == State.DEAD) {
      dead.addAndGet(count);
    }
  }

  /** As it was counted in the database. */
  void recounted(long deadNow) {
    dead.set(deadNow);
  }

  void observe(long atCursor, int ofWindow, int calls, Endpoint.State state) {
    cursor = atCursor;
    window = ofWindow;
    inFlight = calls;
    endpoint = state;
  }

  long cursor() {
    return cursor;
  }

  long retrying() {
    return retrying.get();
  }

  long dead() {
    return dead.get();
  }

  int window() {
    return window;
  }

  int inFlight() {
    return inFlight;
  }

  Endpoint.State endpoint() {
    return endpoint;
  }
}
