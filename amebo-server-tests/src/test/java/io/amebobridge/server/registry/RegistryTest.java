package io.amebobridge.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.client.Secret;
import io.amebobridge.server.Engine;
import io.amebobridge.server.OnEveryDatabase;
import io.amebobridge.server.security.SecretBox;
import io.amebobridge.server.store.Change;
import io.amebobridge.server.store.Dsn;
import io.amebobridge.server.store.LogWriter;
import io.amebobridge.server.store.Store;
import io.amebobridge.server.store.WriteSession;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

@OnEveryDatabase
class RegistryTest {
  private static final LogWriter.Listener NOBODY =
      new LogWriter.Listener() {
        @Override
        public void committed(int events, long head, Duration took) {}

        @Override
        public void failed() {}
      };
  private static final SecretBox BOX = new SecretBox(Secret.of("0f9b1c7a-not-a-sample-secret"));

  @Parameter Engine engine;
  @TempDir Path dir;
  private String dsnText = "";
  private Dsn dsn;

  @BeforeEach
  void database() {
    dsnText = engine.migratedDsn(dir);
    dsn = Dsn.parse(dsnText);
  }

  /** They are few, and a service may register anew at each of its starts. */
  @Test
  void aRefusedSubscriptionUsesUpNoId() {
    try (Store store = open()) {
      Registry registry = new Registry(store, BOX, InstantSource.system());
      Application seen =
          registry.addApplication("a", "http://a", Secret.of("first-secret-000000")).join();
      assertThat(registry.addSubscription(wanted(seen, "/h")).join().id()).isEqualTo(1);
      for (int i = 0; i < 3; i++) {
        CompletableFuture<Subscription> second = registry.addSubscription(wanted(seen, "/h"));
        assertThatThrownBy(second::join).hasMessageContaining("registered already");
      }
      assertThat(registry.addSubscription(wanted(seen, "/i")).join().id()).isEqualTo(2);
    }
  }

  private static NewSubscription wanted(Application subscriber, String handler) {
    return new NewSubscription(
        subscriber,
        new ActionPattern("x.*"),
        handler,
        null,
        3,
        false,
        true,
        false,
        new Start.Latest());
  }

  @Test
  void aSchemaAndARetentionChangedAtTheSameTimeBothHoldAndASchemaReplacesWhatItWasComparedWith() {
    Retention aDay = new Retention(Duration.ofDays(1), null);
    EventSchema wide = EventSchema.check("{}");
    try (Store store = open()) {
      Registry registry = new Registry(store, BOX, InstantSource.system());
      Application owner =
          registry.addApplication("a", "http://a", Secret.of("first-secret-000000")).join();
      EventSchema first = EventSchema.check("{\"type\":\"object\"}");
      Action seen = registry.addAction("x", owner, first, Retention.forever()).join();
      registry.changeAction(seen, new ActionChange(wide, first.text(), null)).join();
      registry.changeAction(seen, new ActionChange(null, null, aDay)).join();
      ActionChange late =
          new ActionChange(
              EventSchema.check("{\"type\":[\"object\",\"array\"]}"), first.text(), null);
      assertThatThrownBy(() -> registry.changeAction(seen, late).join())
          .hasCauseInstanceOf(Refusal.class)
          .hasMessageContaining("changed meanwhile");
      Action now = registry.action("x").orElseThrow();
      assertThat(now.schema().text()).isEqualTo("{}");
      assertThat(now.retention()).isEqualTo(aDay);
    }
    try (Store store = open()) {
      Action stored = new Registry(store, BOX, InstantSource.system()).action("x").orElseThrow();
      assertThat(stored.schema().text()).isEqualTo("{}");
      assertThat(stored.retention()).isEqualTo(aDay);
    }
  }

  @Test
  void whatWasJustEndedIsNotThere() {
    try (Store store = open()) {
      Registry registry = new Registry(store, BOX, InstantSource.system());
      Application owner =
          registry.addApplication("a", "http://a", Secret.of("first-secret-000000")).join();
      Subscription read =
          registry
              .addSubscription(
                  new NewSubscription(
                      owner,
                      new ActionPattern("x.*"),
                      "/h",
                      null,
                      3,
                      false,
                      true,
                      false,
                      new Start.Latest()))
              .join();
      registry.removeSubscription(read).join();
      assertThatThrownBy(
              () -> registry.changeSubscription(read, SubscriptionChange.pause(true)).join())
          .cause()
          .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.status()).isEqualTo(404));
    }
  }

  /** Both callers read the same state before; neither takes back what the other has changed. */
  @Test
  void changesAtTheSameTimeBothHold() {
    Secret rotated = Secret.of("a-rotated-secret-0001");
    try (Store store = open()) {
      Registry registry = new Registry(store, BOX, InstantSource.system());
      Application seen =
          registry.addApplication("a", "http://a", Secret.of("first-secret-000000")).join();
      registry.changeApplication(seen, new ApplicationChange(null, rotated, null)).join();
      registry.changeApplication(seen, new ApplicationChange("http://b", null, null)).join();
      assertApplication(registry, rotated);
      Subscription read = registry.addSubscription(wanted(seen, "/h")).join();
      registry
          .changeSubscription(
              read, new SubscriptionChange("/moved", null, null, null, false, null, null))
          .join();
      registry
          .changeSubscription(read, new SubscriptionChange(null, "d", 7, true, null, null, null))
          .join();
      assertSubscription(registry);
    }
    try (Store store = open()) {
      Registry registry = new Registry(store, BOX, InstantSource.system());
      assertApplication(registry, rotated);
      assertSubscription(registry);
    }
  }

  /** Another server's newer change is read before this server hears of its own commit. */
  @Test
  void aLateOwnChangeDoesNotTakeBackANewerOne() throws SQLException {
    Assumptions.assumeTrue(engine == Engine.POSTGRES, "one process writes to a SQLite file");
    try (Store store = open();
        Connection elsewhere = engine.connect(dsnText)) {
      Registry registry = new Registry(store, BOX, InstantSource.system());
      Application shop =
          registry.addApplication("a", "http://a", Secret.of("first-secret-000000")).join();
      Subscription known = subscribe(registry, shop);
      CountDownLatch queued = new CountDownLatch(1);
      CompletableFuture<Boolean> before = store.writer().apply(session -> held(queued));
      CompletableFuture<Boolean> other =
          store
              .writer()
              .apply(
                  new Change<Boolean>() {
                    @Override
                    public Boolean apply(WriteSession session) {
                      return true;
                    }

                    @Override
                    public void committed(Boolean done) {
                      resume(elsewhere, known.id());
                      registry.reload(store.jdbi());
                    }
                  });
      CompletableFuture<Subscription> pause =
          registry.changeSubscription(known, SubscriptionChange.pause(true));
      queued.countDown();
      assertThat(before.join() && other.join()).isTrue();
      assertThat(pause.join().paused()).isFalse();
      assertThat(registry.subscription(known.id()).orElseThrow().paused()).isFalse();
    }
  }

  private static boolean held(CountDownLatch until) {
    try {
      return until.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void resume(Connection elsewhere, long id) {
    try (Statement update = elsewhere.createStatement()) {
      assertThat(
              update.executeUpdate(
                  "UPDATE subscriptions SET paused = NOT paused WHERE paused AND id = " + id))
          .isEqualTo(1);
      update.executeUpdate(
          "UPDATE settings SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT)"
              + " WHERE name = 'registry'");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static Subscription subscribe(Registry registry, Application subscriber) {
    return registry.addSubscription(wanted(subscriber, "/h")).join();
  }

  private Store open() {
    LogWriter.Limits limits = new LogWriter.Limits(500, 1000, 1 << 20);
    return Store.open(dsn, limits, InstantSource.system(), NOBODY);
  }

  private static void assertApplication(Registry registry, Secret secret) {
    Application now = registry.application("a").orElseThrow();
    assertThat(now.address()).isEqualTo("http://b");
    assertThat(now.secret()).isEqualTo(secret);
  }

  private static void assertSubscription(Registry registry) {
    Subscription now = registry.subscriptions().iterator().next();
    assertThat(now.handler()).isEqualTo("/moved");
    assertThat(now.description()).isEqualTo("d");
    assertThat(now.maxRetries()).isEqualTo(7);
    assertThat(now.envelope()).isTrue();
    assertThat(now.passphrase()).isFalse();
  }
}
