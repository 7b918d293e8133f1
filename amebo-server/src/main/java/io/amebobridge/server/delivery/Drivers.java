package io.amebobridge.server.delivery;

import io.amebobridge.server.ServerMetrics;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.store.Fence;
import io.amebobridge.server.store.Resumption;
import io.micrometer.core.instrument.Meter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The drivers at work, at most one for each subscription: whoever looks one up finds the last that
 * was made, or none, and no driver works that nobody finds. Thread-safe.
 */
final class Drivers {
  /** A driver, and what goes with it. */
  record Driven(SubscriptionDriver driver, Fence fence, boolean ordered, List<Meter> meters) {
    /** Runs a task where the driver runs. */
    void on(Consumer<SubscriptionDriver> task) {
      driver.context().runOnContext(on -> task.accept(driver));
    }

    /** The future ends when what is in flight is done and written. */
    Future<Void> stop() {
      Promise<Void> done = Promise.promise();
      on(here -> here.stop().onComplete(done));
      return done.future();
    }
  }

  /** Makes one, which does nothing before it is woken. */
  interface Maker {
    Driven make(Subscription subscription, Resumption from, Fence fence);
  }

  private final ServerMetrics metrics;
  private final Maker maker;
  private final Map<Long, Driven> all = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  Drivers(ServerMetrics metrics, Maker maker) {
    this.metrics = metrics;
    this.maker = maker;
  }

  @Nullable Driven of(long subscription) {
    return all.get(subscription);
  }

  void forEach(BiConsumer<Long, Driven> task) {
    all.forEach(task);
  }

  boolean stopping() {
    return stopping;
  }

  /** A new one; where there was another, that begins nothing more. */
  Driven drive(Subscription subscription, Resumption from, Fence fence) {
    return all.compute(
        subscription.id(),
        (id, replaced) -> {
          if (replaced != null) {
            metrics.remove(replaced.meters());
            replaced.on(SubscriptionDriver::stop);
          }
          return maker.make(subscription, from, fence);
        });
  }

  /**
   * A new one for one that has stopped; null where that is not there any more. In one step: whoever
   * releases it meanwhile finds the one or the other.
   */
  @Nullable Driven again(Subscription subscription, Resumption from, Driven before) {
    AtomicReference<@Nullable Driven> made = new AtomicReference<>();
    Driven unused =
        all.computeIfPresent(
            subscription.id(),
            (id, current) -> {
              if (stopping || !current.equals(before)) {
                return current;
              }
              metrics.remove(before.meters());
              Driven after = maker.make(subscription, from, before.fence());
              made.set(after);
              return after;
            });
    return made.get();
  }

  /** Takes it out: it is to be stopped by the caller. */
  @Nullable Driven remove(long subscription) {
    Driven driven = all.remove(subscription);
    if (driven != null) {
      metrics.remove(driven.meters());
    }
    return driven;
  }

  /** Begins no further calls; the future ends when those in flight are done and written. */
  Future<?> stop() {
    stopping = true;
    return Future.join(all.values().stream().map(Driven::stop).toList());
  }
}
