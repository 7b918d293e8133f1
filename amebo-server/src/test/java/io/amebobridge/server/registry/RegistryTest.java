package io.amebobridge.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.client.Secret;
import io.amebobridge.server.Engine;
import io.amebobridge.server.OnEveryDatabase;
import io.amebobridge.server.security.SecretBox;
import io.amebobridge.server.store.Dsn;
import io.amebobridge.server.store.LogWriter;
import io.amebobridge.server.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
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
  private Dsn dsn;

  @BeforeEach
  void database() {
    dsn = Dsn.parse(engine.dsn(dir));
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
      Subscription read =
          registry
              .addSubscription(
                  new NewSubscription(
                      seen,
                      new ActionPattern("x.*"),
                      "/h",
                      null,
                      3,
                      false,
                      true,
                      false,
                      new Start.Latest()))
              .join();
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
