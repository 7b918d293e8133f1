package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.client.Secret;
import io.amebobridge.server.DeliverySettings;
import io.amebobridge.server.ServerMetrics;
import io.amebobridge.server.registry.ActionPattern;
import io.amebobridge.server.registry.Application;
import io.amebobridge.server.registry.NewSubscription;
import io.amebobridge.server.registry.Registry;
import io.amebobridge.server.registry.Start;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.security.AddressGuard;
import io.amebobridge.server.security.SecretBox;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.Fence;
import io.amebobridge.server.store.LogWriter;
import io.amebobridge.server.store.OpenDelivery;
import io.amebobridge.server.store.Resumption;
import io.amebobridge.server.store.Store;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A driver by itself, with nothing in its log. */
class SubscriptionDriverTest {
  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(1), Duration.ofMillis(1));

  @TempDir Path dir;
  private final Vertx vertx = Vertx.vertx();
  private final ServerMetrics metrics = new ServerMetrics();
  private Store store;
  private Registry registry;

  @AfterEach
  void close() throws Exception {
    get(vertx.close());
    store.close();
    metrics.close();
  }

  @BeforeEach
  void open() {
    store =
        Store.open(
            dir.resolve("log.db"),
            new LogWriter.Limits(500, 50_000, 64 << 20),
            InstantSource.system(),
            metrics);
    registry =
        new Registry(
            store,
            new SecretBox(Secret.of("0f9b1c7a-not-a-sample-secret")),
            InstantSource.system());
  }

  /** Else all that are idle wake each other, round and round, as long as the receiver is down. */
  @Test
  void whoIsIdleAsksForNoProbeOfAReceiverThatIsDown() throws Exception {
    Endpoints endpoints = new Endpoints(1, BACKOFF);
    AtomicInteger woken = new AtomicInteger();
    Endpoint endpoint = endpoints.join("http://a:80", woken::incrementAndGet);
    CallResult down = CallResult.failed("cannot connect");
    endpoint.done(Objects.requireNonNull(endpoint.enter(0)), down, 0);
    Endpoint.Ticket probe = Objects.requireNonNull(endpoint.enter(Long.MAX_VALUE - 1));
    assertThat(woken).as("it went down").hasValue(1);
    SubscriptionDriver idle =
        new SubscriptionDriver(
            outbound(endpoints), context(), subscription(), Resumption.fresh(0), Fence.NONE);
    idle.wake();
    on(idle, driver -> Future.succeededFuture());
    assertThat(idle.gauges().endpoint()).as("it goes there").isEqualTo(Endpoint.State.PROBING);
    endpoint.unused(probe);
    assertThat(woken).as("nobody was refused").hasValue(1);
    on(idle, SubscriptionDriver::stop);
  }

  /** Who restarts it then would read what is on record before all is written. */
  @Test
  void aPauseWhileARetryIsReadDoesNotCountAsTheEnd() throws Exception {
    OpenDelivery retry = new OpenDelivery(1, DeliveryRow.State.RETRYING, 1, 1, null);
    Resumption from = new Resumption(1, null, List.of(), List.of(retry), true, 1, 0);
    Outbound out = outbound(new Endpoints(1, BACKOFF));
    Subscription subscription = subscription();
    SubscriptionDriver driver =
        new SubscriptionDriver(out, context(), subscription, from, Fence.NONE);
    CountDownLatch first = hold(out);
    on(driver, d -> changed(d, subscription));
    on(driver, d -> changed(d, paused(subscription)));
    first.countDown();
    get(out.reads().executeBlocking(() -> true)); // it was read
    on(driver, d -> Future.succeededFuture());
    CountDownLatch second = hold(out);
    on(driver, d -> changed(d, subscription));
    Promise<Void> stopped = Promise.promise();
    on(
        driver,
        d -> {
          d.stop().onComplete(stopped);
          return Future.succeededFuture();
        });
    assertThat(stopped.future().isComplete()).as("its retry is being read").isFalse();
    second.countDown();
    get(stopped.future());
  }

  /** Whoever wants to read has to wait. */
  private static CountDownLatch hold(Outbound out) {
    CountDownLatch end = new CountDownLatch(1);
    Future<Boolean> unused = out.reads().executeBlocking(() -> end.await(30, TimeUnit.SECONDS));
    return end;
  }

  private static Future<Void> changed(SubscriptionDriver driver, Subscription to) {
    driver.changed(to);
    return Future.succeededFuture();
  }

  private static void on(SubscriptionDriver driver, Function<SubscriptionDriver, Future<Void>> task)
      throws Exception {
    Promise<Void> done = Promise.promise();
    driver.context().runOnContext(on -> task.apply(driver).onComplete(done));
    get(done.future());
  }

  private Context context() {
    return ((VertxInternal) vertx).createEventLoopContext();
  }

  private static Subscription paused(Subscription s) {
    return new Subscription(
        s.id(),
        s.application(),
        s.action(),
        s.handler(),
        s.description(),
        s.maxRetries(),
        s.envelope(),
        s.passphrase(),
        s.ordered(),
        true,
        s.positions(),
        s.cursor(),
        s.timestamped());
  }

  private Outbound outbound(Endpoints endpoints) {
    DeliverySettings settings = DeliverySettings.defaults();
    return new Outbound(
        vertx,
        vertx.createSharedWorkerExecutor("reads", 1),
        new WebhookClient(vertx, new Addresses(vertx, new AddressGuard(true, List.of())), settings),
        endpoints,
        new PageBudget(PageBudget.BYTES),
        store,
        registry,
        metrics,
        settings,
        InstantSource.system());
  }

  private Subscription subscription() {
    Application shop =
        registry.addApplication("shop", "http://a", Secret.of("a-secret-of-the-shop")).join();
    return registry
        .addSubscription(
            new NewSubscription(
                shop,
                new ActionPattern("*"),
                "/h",
                null,
                3,
                false,
                true,
                false,
                new Start.Latest()))
        .join();
  }

  private static void get(Future<?> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
