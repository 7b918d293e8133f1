package io.amebobridge.server.delivery;

import io.amebobridge.server.DeliverySettings;
import io.amebobridge.server.ServerMetrics;
import io.amebobridge.server.delivery.Drivers.Driven;
import io.amebobridge.server.registry.Registry;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.security.AddressGuard;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.Fence;
import io.amebobridge.server.store.LogEvent;
import io.amebobridge.server.store.ReplayRow;
import io.amebobridge.server.store.Resumption;
import io.amebobridge.server.store.Store;
import io.micrometer.core.instrument.Meter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives subscriptions, each by itself: all of them, or where several servers share a database
 * those that this one is given. Thread-safe.
 */
public final class Dispatcher implements Registry.Subscriptions, Driving {
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
  private static final long SAVE_MILLIS = 5_000;
  private static final long RECOUNT_MILLIS = 60_000;
  private final Outbound out;
  private final Store store;
  private final ReplayElsewhere elsewhere;
  private final Drivers drivers;
  private final Restarts restarts;
  private final AtomicBoolean taking = new AtomicBoolean();
  private volatile Ownership ownership = Ownership.ALL;

  /**
   * Where a subscription stands.
   *
   * @param here what is known where it is driven; null elsewhere
   * @param holder the server that drives it; null where this is the only one, or nobody does
   */
  public record Standing(
      long cursor,
      long lag,
      long retrying,
      long dead,
      @Nullable Here here,
      @Nullable String holder) {}

  /**
   * What a subscription's driver is about.
   *
   * @param window calls that may be in flight now
   * @param endpoint closed, open, probing or paused: that of the breaker of its endpoint
   * @param rewinding whether it is being set to another place in the log
   */
  public record Here(int window, int inFlight, String endpoint, boolean rewinding) {}

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
    Backoff backoff = new Backoff(settings.backoffBase(), settings.backoffCap());
    this.out =
        new Outbound(
            vertx,
            vertx.createSharedWorkerExecutor("amebo-delivery-reads", Store.DELIVERY_READERS),
            client,
            new Endpoints(settings.breakerThreshold(), backoff),
            new PageBudget(PageBudget.BYTES),
            store,
            registry,
            metrics,
            settings,
            clock);
    this.elsewhere = new ReplayElsewhere(out);
    this.drivers = new Drivers(metrics, this::made);
    this.restarts = new Restarts(out, drivers, this::begin);
  }

  /** Resumes all subscriptions where they stood: the database is this server's alone. */
  public void start() {
    out.registry().subscriptions().forEach(known -> restarts.resume(known, Fence.NONE));
    begin();
  }

  /** Drives what it is given, one {@link Driving#resume} after the other. */
  public void start(Ownership given) {
    ownership = given;
    begin();
  }

  @Override
  public void finishRewind(long subscription, Fence fence) {
    Resumption unused = restarts.resumption(subscription, fence);
  }

  @Override
  public void resume(Subscription subscription, Fence fence) {
    drive(subscription, restarts.resumption(subscription.id(), fence), fence);
    takeUp(); // what its last server had begun
  }

  private void begin() {
    out.registry().listener(this);
    out.vertx().setPeriodic(0, SAVE_MILLIS, id -> tend());
    if (ownership != Ownership.ALL) {
      out.vertx().setPeriodic(RECOUNT_MILLIS, id -> recount());
    }
  }

  /** What is dead may have been replayed at another server, and died there. */
  void recount() {
    drivers.forEach(this::recount);
  }

  private void recount(long subscription, Driven driven) {
    out.reads()
        .executeBlocking(() -> store.deliveries().dead(subscription), false)
        .onSuccess(driven.driver().gauges()::recounted);
  }

  /** Saves cursors, and takes up rewinds and replays that were stored, here or elsewhere. */
  private void tend() {
    drivers.forEach((id, driven) -> driven.on(SubscriptionDriver::saveCursor));
    takeUp();
  }

  private void takeUp() {
    if (drivers.stopping() || !taking.compareAndSet(false, true)) {
      return; // nothing is begun any more, or it is about to be read
    }
    out.vertx()
        .executeBlocking(
            () -> {
              taking.set(false);
              return new Stored(store.replays().running(), store.deliveries().rewinding());
            },
            false)
        .onSuccess(
            stored -> {
              stored.replays().forEach(this::replayMany);
              stored.rewinds().forEach(this::restart);
            })
        .onFailure(cause -> log.debug("Replays and rewinds could not be read", cause));
  }

  private record Stored(List<ReplayRow> replays, List<Long> rewinds) {}

  /** Events were committed. */
  public void committed() {
    drivers.forEach((id, driven) -> driven.driver().wake());
  }

  /** This server's name among those that share the database; empty where it is the only one. */
  public Optional<String> instance() {
    return ownership.instance();
  }

  /** Why nothing is delivered by this server now; empty where all is well. */
  public Optional<String> trouble() {
    return ownership.trouble();
  }

  /** Where a subscription stands; empty where it is not driven here. */
  public OptionalLong cursor(long subscription) {
    Driven driven = drivers.of(subscription);
    return driven == null
        ? OptionalLong.empty()
        : OptionalLong.of(driven.driver().gauges().cursor());
  }

  /** Where the subscriptions stand: those of other servers as they were last written. May block. */
  public Map<Long, Standing> standings() {
    Map<Long, Standing> all = new HashMap<>(ownership.recorded());
    drivers.forEach(
        (id, driven) -> all.merge(id, standing(id, driven.driver().gauges()), Dispatcher::newer));
    return all;
  }

  private Standing standing(long subscription, Gauges gauges) {
    return new Standing(
        gauges.cursor(),
        lag(gauges),
        gauges.retrying(),
        gauges.dead(),
        new Here(
            gauges.window(),
            gauges.inFlight(),
            gauges.endpoint().text(),
            restarts.isUnderWay(subscription)),
        null);
  }

  private static Standing newer(Standing recorded, Standing driven) {
    return new Standing(
        driven.cursor(),
        driven.lag(),
        driven.retrying(),
        recorded.dead(),
        driven.here(),
        recorded.holder());
  }

  /** One attempt now, whichever server drives it; empty where the subscription is gone. */
  public Optional<Future<Replay>> replay(LogEvent event, DeliveryRow before) {
    Driven driven = drivers.of(before.subscription());
    if (driven == null) {
      return ownership == Ownership.ALL
          ? Optional.empty()
          : out.registry()
              .subscription(before.subscription())
              .map(subscription -> elsewhere.replay(subscription, event, before));
    }
    Promise<Replay> done = Promise.promise();
    driven.on(driver -> driver.replay(event, before).onComplete(done));
    return Optional.of(done.future());
  }

  /**
   * Takes up a replay that is stored; nothing happens where its subscription is driven elsewhere.
   */
  public void replayMany(ReplayRow row) {
    Driven driven = drivers.of(row.subscription());
    if (driven != null) {
      driven.on(driver -> driver.replayMany(row));
    }
  }

  /**
   * Takes up what is stored of a subscription: a rewind. What is in flight ends first; nothing
   * happens where it is driven elsewhere.
   */
  public void restart(long subscription) {
    restarts.restart(subscription);
  }

  @Override
  public void added(Subscription subscription) {
    if (drivers.stopping()) {
      return;
    }
    if (ownership == Ownership.ALL) {
      drive(subscription, Resumption.fresh(subscription.cursor()), Fence.NONE);
    } else {
      ownership.changed();
    }
  }

  @Override
  public void changed(Subscription subscription) {
    Driven driven = drivers.of(subscription.id());
    if (driven == null) {
      return;
    }
    if (driven.ordered() != subscription.ordered()) {
      restart(subscription.id()); // its lines are made anew from what is on record
    } else {
      driven.on(driver -> driver.changed(subscription));
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

  @Override
  public Future<Void> release(long subscription) {
    Driven driven = drivers.remove(subscription);
    return driven == null ? Future.succeededFuture() : driven.stop();
  }

  @Override
  public void abandon(long subscription) {
    Driven driven = drivers.remove(subscription);
    if (driven != null) {
      driven.on(SubscriptionDriver::abandon);
    }
  }

  /** Begins no further calls; the future ends when those in flight are done and written. */
  public Future<?> stop() {
    return drivers.stop();
  }

  public void close() {
    out.client().close();
  }

  private void drive(Subscription subscription, Resumption from, Fence fence) {
    begin(subscription.id(), drivers.drive(subscription, from, fence));
  }

  private Driven made(Subscription subscription, Resumption from, Fence fence) {
    Context context = ((VertxInternal) out.vertx()).createEventLoopContext();
    SubscriptionDriver driver = new SubscriptionDriver(out, context, subscription, from, fence);
    Gauges gauges = driver.gauges();
    List<Meter> meters =
        out.metrics()
            .subscription(subscription.id(), () -> lag(gauges), gauges::retrying, gauges::dead);
    return new Driven(driver, fence, subscription.ordered(), meters);
  }

  private void begin(long subscription, Driven driven) {
    if (drivers.stopping()) {
      driven.on(SubscriptionDriver::stop); // who stops all may have passed it
      return;
    }
    // What has changed while the rows were read; told from now on.
    Optional<Subscription> now = out.registry().subscription(subscription);
    if (now.isEmpty() && ownership == Ownership.ALL) {
      Future<Void> unused = release(subscription); // who removed it may have found nothing
      return;
    }
    now.ifPresent(this::changed);
    driven.driver().wake();
  }

  private long lag(Gauges gauges) {
    return out.events().beyond(gauges.cursor());
  }
}
