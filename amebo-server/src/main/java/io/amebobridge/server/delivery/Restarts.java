package io.amebobridge.server.delivery;

import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.store.Fence;
import io.amebobridge.server.store.Resumption;
import io.amebobridge.server.store.Rewind;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives subscriptions new drivers from what is on record: after a rewind, or where the order has
 * changed. Thread-safe.
 */
final class Restarts {
  private static final Logger log = LoggerFactory.getLogger(Restarts.class);
  private static final long RETRY_MILLIS = 1_000;
  private final Outbound out;
  private final Drivers drivers;
  private final BiConsumer<Long, Drivers.Driven> begin;
  private final Set<Long> underWay = ConcurrentHashMap.newKeySet();

  /**
   * @param begin is given each driver that was made
   */
  Restarts(Outbound out, Drivers drivers, BiConsumer<Long, Drivers.Driven> begin) {
    this.out = out;
    this.drivers = drivers;
    this.begin = begin;
  }

  boolean isUnderWay(long subscription) {
    return underWay.contains(subscription);
  }

  /** Reads where to go on; finishes a rewind that was begun, which may take long. Blocks. */
  Resumption resumption(long subscription, Fence fence) {
    Resumption found = read(subscription);
    while (found.rewindTo() != null) {
      Rewind.finish(out.store(), subscription, found.rewindTo(), fence);
      found = read(subscription);
    }
    return found;
  }

  private Resumption read(long subscription) {
    return out.store().deliveries().resumption(subscription, Backlog.NEAREST);
  }

  /**
   * Drives it from where it stood; one whose rewind was begun as soon as that is finished, so that
   * nobody waits for it. Blocks while it reads.
   */
  void resume(Subscription subscription, Fence fence) {
    long id = subscription.id();
    Resumption found = read(id);
    if (found.rewindTo() == null) {
      begin.accept(id, drivers.drive(subscription, found, fence));
    } else if (underWay.add(id)) {
      finish(id, fence);
    }
  }

  private void finish(long subscription, Fence fence) {
    out.vertx()
        .executeBlocking(() -> resumption(subscription, fence), false)
        .onSuccess(
            found -> {
              underWay.remove(subscription);
              if (!drivers.stopping()) {
                out.registry()
                    .subscription(subscription)
                    .ifPresent(
                        known -> begin.accept(subscription, drivers.drive(known, found, fence)));
              }
            })
        .onFailure(
            cause -> {
              warn(subscription, cause);
              out.vertx().setTimer(RETRY_MILLIS, id -> finish(subscription, fence));
            });
  }

  /**
   * What is in flight ends first; nothing happens where the subscription is not driven here, or is
   * being restarted.
   */
  void restart(long subscription) {
    Drivers.Driven driven = drivers.of(subscription);
    if (driven != null && !drivers.stopping() && underWay.add(subscription)) {
      driven.stop().onComplete(drained -> resumeAfter(subscription, driven));
    }
  }

  private void resumeAfter(long subscription, Drivers.Driven before) {
    if (!before.equals(drivers.of(subscription))) {
      underWay.remove(subscription); // it was released: whoever drives it next takes it up
      return;
    }
    out.vertx()
        .executeBlocking(() -> resumption(subscription, before.fence()), false)
        .onSuccess(
            found -> {
              underWay.remove(subscription);
              out.registry()
                  .subscription(subscription)
                  .ifPresent(known -> again(known, before, found));
            })
        .onFailure(
            cause -> {
              warn(subscription, cause);
              out.vertx().setTimer(RETRY_MILLIS, id -> resumeAfter(subscription, before));
            });
  }

  private void again(Subscription subscription, Drivers.Driven before, Resumption from) {
    Drivers.Driven after = drivers.again(subscription, from, before);
    if (after != null) {
      begin.accept(subscription.id(), after);
    }
  }

  private static void warn(long subscription, Throwable cause) {
    log.atWarn()
        .addKeyValue("subscription", subscription)
        .setCause(cause)
        .log("A subscription cannot go on yet; trying again");
  }
}
