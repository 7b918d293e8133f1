package io.amebobridge.server.delivery;

import io.amebobridge.server.DeliverySettings;
import io.amebobridge.server.ServerMetrics;
import io.amebobridge.server.registry.Registry;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.security.AddressGuard;
import io.amebobridge.server.store.DeliveryRow;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Drives all subscriptions, each by itself. Thread-safe. */
public final class Dispatcher implements Registry.Subscriptions {
  private static final long SAVE_MILLIS = 5_000;
  private final Outbound out;
  private final Store store;
  private final Map<Long, Driven> drivers = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  private record Driven(SubscriptionDriver driver, List<Meter> meters) {}

  /** Where a subscription stands. */
  public record Standing(long cursor, long lag, int retrying, long dead) {}

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
            store.writer(),
            registry,
            metrics,
            settings,
            clock);
  }

  /** Resumes all subscriptions where they stood. */
  public void start() {
    for (Subscription subscription : out.registry().subscriptions()) {
      drive(
          subscription,
          store.deliveries().toResume(subscription.id(), subscription.cursor()),
          store.deliveries().dead(subscription.id()));
    }
    out.registry().listener(this);
    out.vertx().setPeriodic(SAVE_MILLIS, id -> saveCursors());
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

  public Optional<Standing> standing(long subscription) {
    Driven driven = drivers.get(subscription);
    if (driven == null) {
      return Optional.empty();
    }
    SubscriptionDriver driver = driven.driver();
    return Optional.of(
        new Standing(driver.cursor(), lag(driver), driver.retrying(), driver.dead()));
  }

  /** One attempt now; empty where the subscription is gone. */
  public Optional<Future<Replay>> replay(LogEvent event, DeliveryRow before) {
    Driven driven = drivers.get(before.subscription());
    if (driven == null) {
      return Optional.empty();
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
    if (!stopping) {
      drive(subscription, List.of(), 0);
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
    Driven driven = drivers.remove(subscription.id());
    if (driven != null) {
      out.metrics().remove(driven.meters());
      driven.driver().context().runOnContext(on -> driven.driver().stop());
    }
  }

  /** Begins no further calls; the future ends when those in flight are done and written. */
  public Future<?> stop() {
    stopping = true;
    List<Future<Void>> all = new ArrayList<>();
    for (Driven driven : drivers.values()) {
      Promise<Void> done = Promise.promise();
      driven.driver().context().runOnContext(on -> driven.driver().stop().onComplete(done));
      all.add(done.future());
    }
    return Future.join(all);
  }

  public void close() {
    out.client().close();
  }

  private void drive(Subscription subscription, List<DeliveryRow> rows, long dead) {
    Context context = ((VertxInternal) out.vertx()).createEventLoopContext();
    SubscriptionDriver driver = new SubscriptionDriver(out, context, subscription, rows, dead);
    List<Meter> meters =
        out.metrics()
            .subscription(subscription.id(), () -> lag(driver), driver::retrying, driver::dead);
    drivers.put(subscription.id(), new Driven(driver, meters));
    driver.wake();
  }

  private long lag(SubscriptionDriver driver) {
    return Math.max(0, out.events().head() - driver.cursor());
  }
}
