package io.amebobridge.server.delivery;

import io.amebobridge.server.DeliverySettings;
import io.amebobridge.server.ServerMetrics;
import io.amebobridge.server.registry.Registry;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.security.AddressGuard;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.Fence;
import io.amebobridge.server.store.LogEvent;
import io.amebobridge.server.store.Store;
import io.micrometer.core.instrument.Meter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Drives subscriptions, each by itself: all of them, or where several servers share a database
 * those that this one is given. Thread-safe.
 */
public final class Dispatcher implements Registry.Subscriptions {
  private static final long SAVE_MILLIS = 5_000;
  private static final long RECOUNT_MILLIS = 60_000;
  private final Outbound out;
  private final Store store;
  private final ReplayElsewhere elsewhere;
  private final Map<Long, Driven> drivers = new ConcurrentHashMap<>();
  private volatile Ownership ownership = Ownership.ALL;
  private volatile boolean stopping;

  private record Driven(SubscriptionDriver driver, List<Meter> meters) {}

  /**
   * Where a subscription stands.
   *
   * @param holder the server that drives it; null where this is the only one, or nobody does
   */
  public record Standing(long cursor, long lag, int retrying, long dead, @Nullable String holder) {}

  public Dispatcher(
      Vertx vertx,
      Store store,
      Registry registry,
      AddressGuard guard,
      ServerMetrics metrics,
      DeliverySettings settings,
      InstantSource clock) {
    this.store = store;
    WebhookClient client = new WebhookClient(vertx, new Addresses(vertx, guard), settings);
    this.out =
        new Outbound(
            vertx,
            vertx.createSharedWorkerExecutor("amebo-delivery-reads", Store.DELIVERY_READERS),
            client,
            store.deliveryEvents(),
            store.deliveries(),
            store.writer(),
            registry,
            metrics,
            settings,
            clock);
    this.elsewhere = new ReplayElsewhere(out);
  }

  /** Resumes all subscriptions where they stood: the database is this server's alone. */
  public void start() {
    out.registry().subscriptions().forEach(subscription -> resume(subscription, Fence.NONE));
    begin();
  }

  /** Drives what it is given, one {@link #resume} after the other. */
  public void start(Ownership given) {
    ownership = given;
    begin();
  }

  /**
   * Resumes a subscription where it stood. Blocks while it reads.
   *
   * @param subscription read from the database after it became this server's to drive
   */
  public void resume(Subscription subscription, Fence fence) {
    drive(
        subscription,
        store.deliveries().toResume(subscription.id(), subscription.cursor()),
        store.deliveries().dead(subscription.id()),
        fence);
  }

  private void begin() {
    out.registry().listener(this);
    out.vertx().setPeriodic(SAVE_MILLIS, id -> saveCursors());
    if (ownership != Ownership.ALL) {
      out.vertx().setPeriodic(RECOUNT_MILLIS, id -> drivers.forEach(this::recount));
    }
  }

  /** Dead letters may have been replayed at another server. */
  private void recount(long subscription, Driven driven) {
    if (driven.driver().dead() > 0) {
      out.reads()
          .executeBlocking(() -> store.deliveries().dead(subscription), false)
          .onSuccess(driven.driver()::recounted);
    }
  }

  private void saveCursors() {
    for (Driven driven : drivers.values()) {
      driven.driver().context().runOnContext(on -> driven.driver().saveCursor());
    }
  }

  /** Events were committed. */
  public void committed() {
    drivers.values().forEach(driven -> driven.driver().wake());
  }

  /** This server's name among those that share the database; empty where it is the only one. */
  public Optional<String> instance() {
    return ownership.instance();
  }

  /** Why nothing is delivered by this server now; empty where all is well. */
  public Optional<String> trouble() {
    return ownership.trouble();
  }

  /** Where the subscriptions stand: those of other servers as they were last written. May block. */
  public Map<Long, Standing> standings() {
    Map<Long, Standing> all = new HashMap<>(ownership.recorded());
    drivers.forEach((id, driven) -> all.merge(id, standing(driven.driver()), Dispatcher::newer));
    return all;
  }

  private Standing standing(SubscriptionDriver driver) {
    return new Standing(driver.cursor(), lag(driver), driver.retrying(), driver.dead(), null);
  }

  private static Standing newer(Standing recorded, Standing driven) {
    return new Standing(
        driven.cursor(), driven.lag(), driven.retrying(), recorded.dead(), recorded.holder());
  }

  /** One attempt now, whichever server drives it; empty where the subscription is gone. */
  public Optional<Future<Replay>> replay(LogEvent event, DeliveryRow before) {
    Driven driven = drivers.get(before.subscription());
    if (driven == null) {
      return ownership == Ownership.ALL
          ? Optional.empty()
          : out.registry()
              .subscription(before.subscription())
              .map(subscription -> elsewhere.replay(subscription, event, before));
    }
    Promise<Replay> done = Promise.promise();
    driven
        .driver()
        .context()
        .runOnContext(on -> driven.driver().replay(event, before).onComplete(done));
    return Optional.of(done.future());
  }

  @Override
  public void added(Subscription subscription) {
    if (stopping) {
      return;
    }
    if (ownership == Ownership.ALL) {
      drive(subscription, List.of(), 0, Fence.NONE);
    } else {
      ownership.changed();
    }
  }

  @Override
  public void changed(Subscription subscription) {
    Driven driven = drivers.get(subscription.id());
    if (driven != null) {
      driven.driver().context().runOnContext(on -> driven.driver().changed(subscription));
    }
  }

  @Override
  public void removed(Subscription subscription) {
    if (ownership == Ownership.ALL) {
      release(subscription.id());
    } else {
      ownership.changed(); // which releases it, and then its lease
    }
  }

  /** Begins no further calls for it; the future ends when those in flight are done and written. */
  public Future<Void> release(long subscription) {
    Driven driven = drivers.remove(subscription);
    if (driven == null) {
      return Future.succeededFuture();
    }
    out.metrics().remove(driven.meters());
    return stop(driven.driver());
  }

  /** Ends without a word: another server drives it by now. */
  public void abandon(long subscription) {
    Driven driven = drivers.remove(subscription);
    if (driven != null) {
      out.metrics().remove(driven.meters());
      driven.driver().context().runOnContext(on -> driven.driver().abandon());
    }
  }

  private static Future<Void> stop(SubscriptionDriver driver) {
    Promise<Void> done = Promise.promise();
    driver.context().runOnContext(on -> driver.stop().onComplete(done));
    return done.future();
  }

  /** Begins no further calls; the future ends when those in flight are done and written. */
  public Future<?> stop() {
    stopping = true;
    List<Future<Void>> all = new ArrayList<>();
    for (Driven driven : drivers.values()) {
      all.add(stop(driven.driver()));
    }
    return Future.join(all);
  }

  public void close() {
    out.client().close();
  }

  private void drive(Subscription subscription, List<DeliveryRow> rows, long dead, Fence fence) {
    Context context = ((VertxInternal) out.vertx()).createEventLoopContext();
    SubscriptionDriver driver =
        new SubscriptionDriver(out, context, subscription, rows, dead, fence);
    List<Meter> meters =
        out.metrics()
            .subscription(subscription.id(), () -> lag(driver), driver::retrying, driver::dead);
    drivers.put(subscription.id(), new Driven(driver, meters));
    // What another server has changed while the rows were read; told from now on.
    out.registry()
        .subscription(subscription.id())
        .filter(now -> fence != Fence.NONE)
        .ifPresent(this::changed);
    driver.wake();
  }

  private long lag(SubscriptionDriver driver) {
    return Math.max(0, out.events().head() - driver.cursor());
  }
}
