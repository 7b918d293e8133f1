package io.amebobridge.server.delivery;

import io.amebobridge.server.DeliverySettings;
import io.amebobridge.server.ServerMetrics;
import io.amebobridge.server.registry.Registry;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.security.AddressGuard;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.LogEvent;
import io.amebobridge.server.store.ReplayRow;
import io.amebobridge.server.store.Resumption;
import io.amebobridge.server.store.Rewind;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drives all subscriptions, each by itself. Thread-safe. */
public final class Dispatcher implements Registry.Subscriptions {
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
  private static final long SAVE_MILLIS = 5_000;
  private static final long RETRY_MILLIS = 1_000;
  private final Outbound out;
  private final Store store;
  private final Map<Long, Driven> drivers = new ConcurrentHashMap<>();
  private final Set<Long> restarting = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  private record Driven(SubscriptionDriver driver, boolean ordered, List<Meter> meters) {}

  /**
   * Where a subscription stands.
   *
   * @param window calls that may be in flight now
   * @param endpoint closed, open, probing or paused: that of the breaker of its endpoint
   * @param rewinding whether it is being set to another place in the log
   */
  public record Standing(
      long cursor,
      long lag,
      long retrying,
      long dead,
      int window,
      int inFlight,
      String endpoint,
      boolean rewinding) {}

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
            store,
            registry,
            metrics,
            settings,
            clock);
  }

  /** Resumes all subscriptions where they stood. */
  public void start() {
    for (Subscription subscription : out.registry().subscriptions()) {
      drive(subscription, resume(subscription.id()));
    }
    out.registry().listener(this);
    out.vertx().setPeriodic(0, SAVE_MILLIS, id -> tend());
  }

  /** Finishes a rewind that was begun, and reads where to go on. Blocks. */
  private Resumption resume(long subscription) {
    Resumption found = store.deliveries().resumption(subscription, Backlog.NEAREST);
    Long rewind = found.rewindTo();
    if (rewind == null) {
      return found;
    }
    Rewind.finish(store, subscription, rewind);
    return resume(subscription);
  }

  /** Saves cursors, and takes up rewinds and replays that were stored, here or elsewhere. */
  private void tend() {
    drivers.values().forEach(driven -> on(driven, SubscriptionDriver::saveCursor));
    out.vertx()
        .executeBlocking(
            () -> new Stored(store.replays().running(), store.deliveries().rewinding()))
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
    drivers.values().forEach(driven -> driven.driver().wake());
  }

  public Optional<Standing> standing(long subscription) {
    Driven driven = drivers.get(subscription);
    if (driven == null) {
      return Optional.empty();
    }
    Gauges gauges = driven.driver().gauges();
    return Optional.of(
        new Standing(
            gauges.cursor(),
            lag(gauges),
            gauges.retrying(),
            gauges.dead(),
            gauges.window(),
            gauges.inFlight(),
            gauges.endpoint().text(),
            restarting.contains(subscription)));
  }

  /** One attempt now; empty where the subscription is gone. */
  public Optional<Future<Replay>> replay(LogEvent event, DeliveryRow before) {
    Driven driven = drivers.get(before.subscription());
    if (driven == null) {
      return Optional.empty();
    }
    Promise<Replay> done = Promise.promise();
    on(driven, driver -> driver.replay(event, before).onComplete(done));
    return Optional.of(done.future());
  }

  /**
   * Takes up a replay that is stored; nothing happens where its subscription is driven elsewhere.
   */
  public void replayMany(ReplayRow row) {
    Driven driven = drivers.get(row.subscription());
    if (driven != null) {
      on(driven, driver -> driver.replayMany(row));
    }
  }

  /**
   * Takes up what is stored of a subscription: a rewind. What is in flight ends first; nothing
   * happens where it is driven elsewhere.
   */
  public void restart(long subscription) {
    Driven driven = drivers.get(subscription);
    if (driven != null && !stopping && restarting.add(subscription)) {
      Promise<Void> drained = Promise.promise();
      on(driven, driver -> driver.stop().onComplete(drained));
      drained.future().onComplete(done -> resumeAfter(subscription));
    }
  }

  private void resumeAfter(long subscription) {
    out.vertx()
        .executeBlocking(() -> resume(subscription), false)
        .onSuccess(
            found -> {
              restarting.remove(subscription);
              out.registry().subscription(subscription).ifPresent(known -> again(known, found));
            })
        .onFailure(
            cause -> {
              log.warn("Subscription {} cannot go on yet; trying again", subscription, cause);
              out.vertx().setTimer(RETRY_MILLIS, id -> resumeAfter(subscription));
            });
  }

  private void again(Subscription subscription, Resumption from) {
    Driven before = drivers.get(subscription.id());
    if (before != null && !stopping) {
      out.metrics().remove(before.meters());
      drive(subscription, from);
    }
  }

  @Override
  public void added(Subscription subscription) {
    if (!stopping) {
      drive(subscription, Resumption.fresh(subscription.cursor()));
    }
  }

  @Override
  public void changed(Subscription subscription) {
    Driven driven = drivers.get(subscription.id());
    if (driven == null) {
      return;
    }
    if (driven.ordered() != subscription.ordered()) {
      restart(subscription.id()); // its lines are made anew from what is on record
    } else {
      on(driven, driver -> driver.changed(subscription));
    }
  }

  @Override
  public void removed(Subscription subscription) {
    Driven driven = drivers.remove(subscription.id());
    if (driven != null) {
      out.metrics().remove(driven.meters());
      on(driven, SubscriptionDriver::stop);
    }
  }

  /** Begins no further calls; the future ends when those in flight are done and written. */
  public Future<?> stop() {
    stopping = true;
    List<Future<Void>> all = new ArrayList<>();
    for (Driven driven : drivers.values()) {
      Promise<Void> done = Promise.promise();
      on(driven, driver -> driver.stop().onComplete(done));
      all.add(done.future());
    }
    return Future.join(all);
  }

  public void close() {
    out.client().close();
  }

  private static void on(Driven driven, java.util.function.Consumer<SubscriptionDriver> task) {
    driven.driver().context().runOnContext(on -> task.accept(driven.driver()));
  }

  private void drive(Subscription subscription, Resumption from) {
    Context context = ((VertxInternal) out.vertx()).createEventLoopContext();
    SubscriptionDriver driver = new SubscriptionDriver(out, context, subscription, from);
    Gauges gauges = driver.gauges();
    List<Meter> meters =
        out.metrics()
            .subscription(subscription.id(), () -> lag(gauges), gauges::retrying, gauges::dead);
    drivers.put(subscription.id(), new Driven(driver, subscription.ordered(), meters));
    driver.wake();
  }

  private long lag(Gauges gauges) {
    return Math.max(0, out.events().head() - gauges.cursor());
  }
}
