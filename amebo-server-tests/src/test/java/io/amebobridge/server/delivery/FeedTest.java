package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.client.Secret;
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
import io.amebobridge.server.security.SecretBox;
import io.amebobridge.server.store.LogEvent;
import io.amebobridge.server.store.LogWriter;
import io.amebobridge.server.store.NewLogEvent;
import io.amebobridge.server.store.Store;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeedTest {
  private static final SecretBox BOX = new SecretBox(Secret.of("0f9b1c7a-not-a-sample-secret"));
  private static final byte[] PAYLOAD = "{}".getBytes(StandardCharsets.UTF_8);

  @TempDir Path dir;
  private final Vertx vertx = Vertx.vertx();
  private final ServerMetrics metrics = new ServerMetrics();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    metrics.close();
  }

  /** A driver that cannot begin calls asks only whether there is something to read. */
  @Test
  void whatIsNotOursIsReadOnceThoughNothingIsTaken() throws Exception {
    Subscription subscription;
    try (Store store = open()) {
      Registry registry = new Registry(store, BOX, InstantSource.system());
      Application shop =
          registry.addApplication("shop", "http://a", Secret.of("a-secret-of-the-shop")).join();
      Action other = action(registry, shop, "other");
      action(registry, shop, "ours");
      subscription =
          registry
              .addSubscription(
                  new NewSubscription(
                      shop,
                      new ActionPattern("ours"),
                      "/h",
                      null,
                      3,
                      false,
                      true,
                      false,
                      new Start.Latest()))
              .join();
      NewLogEvent event = new NewLogEvent(other.id(), PAYLOAD, null, null, null, null, null);
      store.writer().append(List.of(event, event, event)).join();
    }
    try (Store store = open()) { // nothing is in memory any longer
      Registry registry = new Registry(store, BOX, InstantSource.system());
      WorkerExecutor reads = vertx.createSharedWorkerExecutor("reads", 1);
      Feed feed =
          new Feed(
              reads,
              store.deliveryEvents(),
              registry,
              subscription,
              0,
              256,
              new PageBudget(1 << 20));
      assertThat(feed.behind()).isTrue();
      feed.load().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertThat(feed.behind()).as("it need not be read again").isFalse();
      assertThat(feed.position()).isEqualTo(3);
      assertThat(feed.next()).isNull();
    }
  }

  /** Whoever holds much leaves the others one event at a time, and a close gives all back. */
  @Test
  void whatIsReadAheadIsBoundedForAllTogetherAndEachGoesOn() throws Exception {
    Subscription subscription;
    try (Store store = open()) {
      Registry registry = new Registry(store, BOX, InstantSource.system());
      Application shop =
          registry.addApplication("shop", "http://a", Secret.of("a-secret-of-the-shop")).join();
      Action ours = action(registry, shop, "ours");
      subscription =
          registry
              .addSubscription(
                  new NewSubscription(
                      shop,
                      new ActionPattern("ours"),
                      "/h",
                      null,
                      3,
                      false,
                      true,
                      false,
                      new Start.Latest()))
              .join();
      byte[] kilobyte = ("\"" + "x".repeat(998) + "\"").getBytes(StandardCharsets.UTF_8);
      NewLogEvent event = new NewLogEvent(ours.id(), kilobyte, null, null, null, null, null);
      store.writer().append(Collections.nCopies(50, event)).join();
    }
    try (Store store = open()) { // nothing is in memory any longer
      Registry registry = new Registry(store, BOX, InstantSource.system());
      WorkerExecutor reads = vertx.createSharedWorkerExecutor("reads", 1);
      PageBudget budget = new PageBudget(64_000);
      List<Feed> feeds = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        Feed feed = new Feed(reads, store.deliveryEvents(), registry, subscription, 0, 256, budget);
        feeds.add(feed);
        load(feed);
        assertThat(feed.next()).as("each has one").isNotNull();
        assertThat(budget.free()).isGreaterThan(-40 * 2_000);
      }
      Feed last = feeds.get(39);
      for (long expected = 2; expected <= 50; expected++) {
        LogEvent next = last.next();
        while (next == null) {
          load(last);
          next = last.next();
        }
        assertThat(next.id()).isEqualTo(expected);
      }
      long position = feeds.get(0).position();
      feeds.forEach(Feed::close);
      assertThat(budget.free()).isEqualTo(64_000);
      assertThat(feeds.get(0).next()).isNull();
      assertThat(feeds.get(0).position()).as("what was not taken").isEqualTo(position);
    }
  }

  private static void load(Feed feed) throws Exception {
    assertThat(feed.behind()).isTrue();
    feed.load().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static Action action(Registry registry, Application owner, String name) {
    return registry.addAction(name, owner, EventSchema.check("{}"), Retention.forever()).join();
  }

  private Store open() {
    return Store.open(
        dir.resolve("log.db"),
        new LogWriter.Limits(500, 50_000, 64 << 20),
        InstantSource.system(),
        metrics);
  }
}
