package io.amebobridge.examples;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Does its work once for each order, from wherever it is told of it: while a service moves, it is
 * told by its queue and by webhooks. Thread-safe.
 */
public final class OncePerOrder implements Consumer<String> {
  private final Consumer<String> work;

  /** A real service keeps these where they survive, in the same transaction as its work. */
  private final Set<String> done = ConcurrentHashMap.newKeySet();

  public OncePerOrder(Consumer<String> work) {
    this.work = work;
  }

  /** The payload has an {@code orderId}. */
  @Override
  public synchronized void accept(String payload) {
    String order = JsonMapper.shared().readTree(payload).path("orderId").stringValue();
    if (done.contains(order)) return;
    work.accept(payload);
    done.add(order);
  }
}
