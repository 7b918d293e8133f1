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
import io.amebobridge.server.store.Fence;
import io.amebobridge.server.store.LogWriter;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A driver that has nothing to send. */
class IdleDriverTest {
  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(1), Duration.ofMillis(1));

  @TempDir Path dir;
  private final Vertx vertx = Vertx.vertx();
  private final ServerMetrics metrics = new ServerMetrics();

  @AfterEach
  void close() throws Exception {
    get(vertx.close());
    metrics.close();
  }

  /** Else all that are idle wake each other, round and round, as long as the receiver is down. */
  @Test
  void itAsksForNoProbeOfAReceiverThatIsDown() throws Exception {
    try (Store store =
        Store.open(
            dir.resolve("log.db"),
            new LogWriter.Limits(500, 50_000, 64 << 20),
            InstantSource.system(),
            metrics)) {
      Registry registry =
          new Registry(
              store,
              new SecretBox(Secret.of("0f9b1c7a-not-a-sample-secret")),
              InstantSource.system());
      Subscription subscription = subscription(registry);
      Endpoints endpoints = new Endpoints(1, BACKOFF);
      AtomicInteger woken = new AtomicInteger();
      Endpoint endpoint = endpoints.join("http://a:80", woken::incrementAndGet);
      CallResult down = CallResult.failed("cannot connect");
      endpoint.done(Objects.requireNonNull(endpoint.enter(0)), down, 0);
      Endpoint.Ticket probe = Objects.requireNonNull(endpoint.enter(Long.MAX_VALUE - 1));
      assertThat(woken).as("it went down").hasValue(1);
      Context context = ((VertxInternal) vertx).createEventLoopContext();
      SubscriptionDriver idle =
          new SubscriptionDriver(
              outbound(store, registry, endpoints),
              context,
              subscription,
              Resumption.fresh(0),
              Fence.NONE);
      idle.wake();
      Promise<Void> looked = Promise.promise();
      context.runOnContext(on -> looked.complete());
      get(looked.future());
      assertThat(idle.gauges().endpoint()).as("it goes there").isEqualTo(Endpoint.State.PROBING);
      endpoint.unused(probe);
      assertThat(woken).as("nobody was refused").hasValue(1);
      Promise<Void> stopped = Promise.promise();
      context.runOnContext(on -> idle.stop().onComplete(stopped));
      get(stopped.future());
    }
  }

  private Outbound outbound(Store store, Registry registry, Endpoints endpoints) {
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

  private static Subscription subscription(Registry registry) {
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
