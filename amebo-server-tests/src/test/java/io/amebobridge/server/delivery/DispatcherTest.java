package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.amebobridge.client.Secret;
import io.amebobridge.server.DeliverySettings;
import io.amebobridge.server.Engine;
import io.amebobridge.server.OnEveryDatabase;
import io.amebobridge.server.ServerMetrics;
import io.amebobridge.server.registry.Action;
import io.amebobridge.server.registry.ActionPattern;
import io.amebobridge.server.registry.Application;
import io.amebobridge.server.registry.EventSchema;
import io.amebobridge.server.registry.NewSubscription;
import io.amebobridge.server.registry.Registry;
import io.amebobridge.server.registry.Retention;
import io.amebobridge.server.registry.Start;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.security.AddressGuard;
import io.amebobridge.server.security.SecretBox;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.Dsn;
import io.amebobridge.server.store.Fence;
import io.amebobridge.server.store.LogWriter;
import io.amebobridge.server.store.NewLogEvent;
import io.amebobridge.server.store.RecordDeliveries;
import io.amebobridge.server.store.Rewind;
import io.amebobridge.server.store.Store;
import io.amebobridge.server.store.WriteSession;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** Drivers that come and go, by themselves. */
@OnEveryDatabase
class DispatcherTest {
  private static final SecretBox BOX = new SecretBox(Secret.of("0f9b1c7a-not-a-sample-secret"));
  private static final byte[] PAYLOAD = "{}".getBytes(StandardCharsets.UTF_8);

  @TempDir Path dir;
  @Parameter Engine engine = Engine.SQLITE;
  // One thread, so that a test can have it for itself.
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setWorkerPoolSize(1));
  private final ServerMetrics metrics = new ServerMetrics();
  private final AtomicInteger calls = new AtomicInteger();
  private volatile int answer = 200;
  private HttpServer receiver;
  private Store store;
  private Registry registry;
  private Dispatcher dispatcher;
  private Application shop;
  private Action action;

  /** As another server's: it is told nothing, and asked nothing. */
  private static final class Others implements Ownership {
    @Override
    public void changed() {}

    @Override
    public Optional<String> instance() {
      return Optional.of("one");
    }

    @Override
    public Optional<String> trouble() {
      return Optional.empty();
    }

    @Override
    public Map<Long, Dispatcher.Standing> recorded() {
      return Map.of();
    }
  }

  /** Open, and counts who looks. */
  private static final class Counting implements Fence {
    private final AtomicInteger looks = new AtomicInteger();

    @Override
    public boolean open() {
      looks.incrementAndGet();
      return true;
    }

    @Override
    public void check(WriteSession session) {}

    @Override
    public void refused() {}
  }

  @BeforeEach
  void open() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    receiver.createContext(
        "/",
        exchange -> {
          calls.incrementAndGet();
          exchange.sendResponseHeaders(answer, -1);
          exchange.close();
        });
    receiver.start();
    String dsn = engine.migratedDsn(dir);
    Files.createDirectories(dir.resolve("data"));
    store =
        Store.open(
            Dsn.parse(dsn),
            new LogWriter.Limits(500, 50_000, 64 << 20),
            InstantSource.system(),
            metrics);
    registry = new Registry(store, BOX, InstantSource.system());
    dispatcher =
        new Dispatcher(
            vertx,
            store,
            registry,
            new AddressGuard(true, List.of()),
            metrics,
            DeliverySettings.defaults()
                .withBackoff(Duration.ofMillis(1), Duration.ofMillis(5))
                .withBreakerThreshold(100_000),
            InstantSource.system());
    String address = "http://127.0.0.1:" + receiver.getAddress().getPort();
    shop = registry.addApplication("shop", address, Secret.of("a-secret-of-the-shop")).join();
    action = registry.addAction("a.b", shop, EventSchema.check("{}"), Retention.forever()).join();
  }

  @AfterEach
  void close() throws Exception {
    get(dispatcher.stop());
    dispatcher.close();
    store.close();
    get(vertx.close());
    metrics.close();
    receiver.stop(0);
  }

  @Test
  void aDriverThatIsReplacedEnds() {
    dispatcher.start(new Others());
    Subscription subscription = subscribe();
    answer = 500;
    publish();
    Counting first = new Counting();
    dispatcher.resume(subscription, first);
    await().until(() -> calls.get() > 2);
    Counting second = new Counting();
    dispatcher.resume(subscription, second);
    await().until(() -> second.looks.get() > 50);
    int before = first.looks.get();
    await().until(() -> second.looks.get() > 150);
    assertThat(first.looks).as("the first does nothing more").hasValue(before);
  }

  @Test
  void whatIsResumedWhileAllAreStoppedBeginsNothing() throws Exception {
    dispatcher.start(new Others());
    Subscription subscription = subscribe();
    publish();
    get(dispatcher.stop());
    Counting late = new Counting();
    dispatcher.resume(subscription, late);
    get(dispatcher.release(subscription.id()));
    assertThat(late.looks).hasValue(0);
    assertThat(calls).hasValue(0);
  }

  @Test
  void whatDiedAtAnotherServerIsCountedWhereNothingWasDeadBefore() {
    dispatcher.start(new Others());
    Subscription subscription = subscribe();
    dispatcher.resume(subscription, Fence.NONE);
    DeliveryRow dead =
        new DeliveryRow(subscription.id(), 1, DeliveryRow.State.DEAD, 4, null, 500, "no", 7);
    store
        .writer()
        .apply(
            new RecordDeliveries(
                subscription.id(),
                List.of(dead),
                RecordDeliveries.UNMOVED,
                RecordDeliveries.UNMOVED))
        .join();
    assertThat(dead(subscription)).isZero();
    dispatcher.recount();
    await().until(() -> dead(subscription) == 1);
  }

  @Test
  void aRewindThatWasBegunKeepsNobodyElseWaitingAtTheStart() throws Exception {
    Subscription rewinding = subscribe();
    Subscription deleted = subscribe();
    for (Subscription each : List.of(rewinding, deleted)) {
      store.writer().apply(session -> Rewind.want(session, each.id(), 0)).join();
    }
    Subscription other = subscribe();
    publish();
    CountDownLatch end = new CountDownLatch(1);
    // What is done aside has this thread alone.
    Future<Boolean> busy = vertx.executeBlocking(() -> end.await(30, TimeUnit.SECONDS));
    dispatcher.start();
    await().until(() -> calls.get() == 1);
    registry.removeSubscription(deleted).join();
    assertThat(dispatcher.cursor(other.id())).isPresent();
    assertThat(dispatcher.cursor(rewinding.id())).as("nobody drives it yet").isEmpty();
    end.countDown();
    get(busy);
    await().until(() -> calls.get() == 2);
    await().until(() -> store.deliveries().rewinding().size() < 2);
    assertThat(dispatcher.cursor(deleted.id())).isEmpty();
  }

  private long dead(Subscription subscription) {
    Dispatcher.Standing standing = dispatcher.standings().get(subscription.id());
    return standing == null ? -1 : standing.dead();
  }

  private Subscription subscribe() {
    return registry
        .addSubscription(
            new NewSubscription(
                shop,
                new ActionPattern("a.b"),
                "/h" + registry.subscriptions().size(),
                null,
                10_000,
                false,
                true,
                false,
                new Start.Latest()))
        .join();
  }

  private void publish() {
    store
        .writer()
        .append(List.of(new NewLogEvent(action.id(), PAYLOAD, null, null, null, null, null)))
        .join();
    dispatcher.committed();
  }

  private static void get(Future<?> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
