package io.amebobridge.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.brokers.PostgresProcess;
import io.amebobridge.client.Secret;
import io.amebobridge.server.Engine;
import io.amebobridge.server.delivery.Driving;
import io.amebobridge.server.registry.ActionPattern;
import io.amebobridge.server.registry.Application;
import io.amebobridge.server.registry.NewSubscription;
import io.amebobridge.server.registry.Registry;
import io.amebobridge.server.registry.Start;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.security.SecretBox;
import io.amebobridge.server.store.Dsn;
import io.amebobridge.server.store.Fence;
import io.amebobridge.server.store.LogWriter;
import io.amebobridge.server.store.Store;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rewinds that others had begun, found by who takes their subscriptions over. */
class RewindsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final ClusterSettings SETTINGS =
      new ClusterSettings(
          Duration.ofMinutes(5),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofMillis(20),
          Duration.ofSeconds(2));
  private static final LogWriter.Listener NOBODY =
      new LogWriter.Listener() {
        @Override
        public void committed(int events, long head, Duration took) {}

        @Override
        public void failed() {}
      };

  private final Held driving = new Held();
  private String database = "";
  private Store store;

  /** Its rewinds take as long as the test wants. */
  private static final class Held implements Driving {
    final Map<Long, CountDownLatch> rewinds = new ConcurrentHashMap<>();
    final Set<Long> begun = new ConcurrentSkipListSet<>();
    final Set<Long> resumed = new ConcurrentSkipListSet<>();
    private volatile String database = "";

    @Override
    public void finishRewind(long subscription, Fence fence) {
      begun.add(subscription);
      try {
        rewinds.get(subscription).await();
        run(database, "UPDATE subscriptions SET rewind_to = NULL WHERE id = " + subscription);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void resume(Subscription subscription, Fence fence) {
      resumed.add(subscription.id());
    }

    @Override
    public Future<Void> release(long subscription) {
      return Future.succeededFuture();
    }

    @Override
    public void abandon(long subscription) {}
  }

  @BeforeEach
  void open() throws Exception {
    String dsn = Engine.POSTGRES.migratedDsn(Path.of(""));
    database = dsn.substring(dsn.lastIndexOf('/') + 1);
    driving.database = database;
    store =
        Store.open(
            Dsn.parse(dsn),
            new LogWriter.Limits(100, 1000, 1 << 20),
            InstantSource.system(),
            NOBODY);
  }

  @AfterEach
  void close() {
    driving.rewinds.values().forEach(CountDownLatch::countDown);
    store.close();
  }

  @Test
  void aLongOneKeepsNeitherOtherRewindsNorOtherSubscriptionsWaiting() throws Exception {
    Registry registry =
        new Registry(
            store,
            new SecretBox(Secret.of("0f9b1c7a-not-a-sample-secret")),
            InstantSource.system());
    Application shop =
        registry.addApplication("shop", "http://a", Secret.of("a-secret-of-the-shop")).join();
    for (long id = 1; id <= 4; id++) {
      NewSubscription wanted =
          new NewSubscription(
              shop,
              new ActionPattern("*"),
              "/" + id,
              null,
              3,
              false,
              true,
              false,
              new Start.Latest());
      assertThat(registry.addSubscription(wanted).join().id()).isEqualTo(id);
      driving.rewinds.put(id, new CountDownLatch(1));
    }
    run(database, "UPDATE subscriptions SET rewind_to = 0 WHERE id <= 3");
    try (Heartbeat heartbeat =
            new Heartbeat(SETTINGS, "", () -> store.session(PATIENCE), () -> {});
        Leases leases =
            new Leases(
                SETTINGS,
                heartbeat,
                driving,
                registry,
                store.writer(),
                () -> store.session(PATIENCE))) {
      leases.start();
      await().until(() -> driving.resumed.contains(4L));
      await().until(() -> driving.begun.size() == 3);
      driving.rewinds.get(3L).countDown();
      await().until(() -> driving.resumed.contains(3L));
      driving.rewinds.get(2L).countDown();
      await().until(() -> driving.resumed.contains(2L));
      assertThat(driving.resumed).containsExactly(2L, 3L, 4L);
      driving.rewinds.get(1L).countDown();
      await().until(() -> driving.resumed.contains(1L));
    }
  }

  private static void run(String database, String sql) throws Exception {
    try (Connection connection = PostgresProcess.shared().connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
