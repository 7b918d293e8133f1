package io.amebobridge.server.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import io.amebobridge.server.store.Appended;
import io.amebobridge.server.store.DeliveryFilter;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.DeliveryRow.State;
import io.amebobridge.server.store.EventFilter;
import io.amebobridge.server.store.LogEvent;
import io.amebobridge.server.store.LogWriter;
import io.amebobridge.server.store.NewLogEvent;
import io.amebobridge.server.store.RecordDeliveries;
import io.amebobridge.server.store.Rewind;
import io.amebobridge.server.store.Store;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrunerTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final DeliveryFilter ALL_DELIVERIES = DeliveryFilter.any();

  @TempDir Path dir;
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-03-01T00:00:00Z"));
  private final ServerMetrics metrics = new ServerMetrics();
  private final AtomicInteger commits = new AtomicInteger();
  private Store store;
  private Registry registry;
  private Application shop;
  private Pruner pruner;

  @BeforeEach
  void open() {
    store =
        Store.open(
            dir.resolve("log.db"),
            new LogWriter.Limits(500, 50_000, 64 << 20),
            now::get,
            new LogWriter.Listener() {
              @Override
              public void committed(int events, long head, Duration took) {
                commits.incrementAndGet();
              }

              @Override
              public void failed() {}
            });
    registry =
        new Registry(store, new SecretBox(Secret.of("0f9b1c7a-not-a-sample-secret")), now::get);
    shop =
        registry
            .application("shop")
            .orElseGet(
                () ->
                    registry
                        .addApplication("shop", "http://a", Secret.of("a-secret-of-the-shop"))
                        .join());
    pruner = new Pruner(store, registry, metrics, Retention.forever(), now::get);
  }

  @AfterEach
  void close() {
    pruner.close();
    store.close();
    metrics.close();
  }

  private Action action(String name, @Nullable Duration age, @Nullable Long bytes) {
    return registry
        .addAction(name, shop, EventSchema.check("{}"), new Retention(age, bytes))
        .join();
  }

  private Subscription subscribe(String pattern) {
    return registry
        .addSubscription(
            new NewSubscription(
                shop,
                new ActionPattern(pattern),
                "/" + registry.subscriptions().size(),
                null,
                3,
                false,
                true,
                false,
                new Start.After(0)))
        .join();
  }

  private void publish(Action action, int count) {
    publish(action, count, "{}");
  }

  private void publish(Action action, int count, String payload) {
    List<NewLogEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(event(action, null, payload));
    }
    store.writer().append(events).join();
  }

  private static NewLogEvent event(Action action, @Nullable String deduper, String payload) {
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    return new NewLogEvent(action.id(), bytes, deduper, null, null, null, null);
  }

  private void record(Subscription subscription, State state, long... events) {
    List<DeliveryRow> rows =
        LongStream.of(events)
            .mapToObj(id -> new DeliveryRow(subscription.id(), id, state, 1, 0L, 200, null, 0))
            .toList();
    long cursor = LongStream.of(events).max().orElseThrow();
    store.writer().apply(new RecordDeliveries(subscription.id(), rows, cursor, cursor)).join();
  }

  private List<Long> kept() {
    return store.events().list(EventFilter.any(), 1000, 0).events().stream()
        .map(LogEvent::id)
        .toList();
  }

  private void later(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  @Test
  void whatIsUsualHoldsForActionsWithoutTheirOwn() throws Exception {
    Retention usual = new Retention(Duration.ofDays(1), null);
    Action own = action("own.kept", Duration.ofDays(30), null);
    Action none = action("none.said", null, null);
    publish(own, 2);
    publish(none, 2);
    later(Duration.ofDays(2));
    publish(own, 1);
    assertThat(pruner.pass()).isZero();
    try (Pruner other = new Pruner(store, registry, metrics, usual, now::get)) {
      assertThat(other.pass()).isEqualTo(2);
    }
    assertThat(kept()).hasSize(3);
  }

  @Test
  void whatIsOlderGoesAndOtherActionsStay() throws Exception {
    Action brief = action("brief", HOUR, null);
    Action lasting = action("lasting", null, null);
    publish(brief, 2);
    publish(lasting, 2);
    later(Duration.ofMinutes(59));
    publish(brief, 1);
    assertThat(pruner.pass()).as("not yet an hour old").isZero();
    later(Duration.ofMinutes(2));
    publish(lasting, 1);
    assertThat(pruner.pass()).isEqualTo(2);
    assertThat(kept()).containsExactly(3L, 4L, 5L, 6L);
    later(HOUR);
    assertThat(pruner.pass()).isEqualTo(1);
    assertThat(kept()).containsExactly(3L, 4L, 6L);
  }

  @Test
  void theNewestBytesStay() throws Exception {
    Action sized = action("sized", null, 40L);
    Action other = action("other", null, null);
    publish(sized, 6, "\"8bytes\"");
    publish(other, 1, "\"" + "x".repeat(500) + "\"");
    assertThat(pruner.pass()).as("48 bytes, 40 allowed").isEqualTo(1);
    publish(sized, 1, "\"" + "x".repeat(20) + "\"");
    assertThat(pruner.pass()).as("22 + 2 * 8 fit").isEqualTo(3);
    assertThat(kept()).containsExactly(5L, 6L, 7L, 8L);
    assertThat(pruner.pass()).isZero();
  }

  @Test
  void bothRulesHoldTogether() throws Exception {
    Action both = action("both", HOUR, 4L);
    publish(both, 4);
    assertThat(pruner.pass()).isEqualTo(2);
    later(HOUR.multipliedBy(2));
    publish(both, 1);
    assertThat(pruner.pass()).isEqualTo(2);
    assertThat(kept()).containsExactly(5L);
  }

  @Test
  void whatIsNotDeliveredStays() throws Exception {
    Action action = action("orders.placed", HOUR, 0L);
    Subscription exact = subscribe("orders.placed");
    Subscription wide = subscribe("orders.*");
    subscribe("users.*");
    publish(action, 8);
    later(HOUR.multipliedBy(2));
    record(exact, State.DELIVERED, 1, 2, 3, 4, 5, 6, 7);
    assertThat(pruner.pass()).as("the other subscription has had none").isZero();
    record(wide, State.DELIVERED, 1);
    record(wide, State.RETRYING, 2);
    record(wide, State.WAITING, 3);
    record(wide, State.DEAD, 4);
    record(wide, State.DELIVERED, 5, 6);
    assertThat(pruner.pass()).isEqualTo(3);
    assertThat(kept()).containsExactly(2L, 3L, 4L, 7L, 8L);
    record(wide, State.DELIVERED, 2, 4);
    assertThat(pruner.pass()).isEqualTo(2);
    registry.removeSubscription(wide).join();
    assertThat(pruner.pass()).as("nobody waits for it any more").isEqualTo(2);
    assertThat(kept()).as("the newest, not passed by the first").containsExactly(8L);
  }

  @Test
  void deliveriesGoWithTheirEvents() throws Exception {
    Action brief = action("brief", HOUR, null);
    Action lasting = action("lasting", null, null);
    Subscription all = subscribe("*");
    publish(brief, 2);
    publish(lasting, 2);
    record(all, State.DELIVERED, 1, 2, 3, 4);
    later(HOUR.multipliedBy(2));
    assertThat(pruner.pass()).isEqualTo(2);
    assertThat(store.deliveries().list(ALL_DELIVERIES, 10, 0))
        .extracting(view -> view.row().event())
        .containsExactly(3L, 4L);
  }

  @Test
  void theNewestEventStaysSoThatItsIdIsNotGivenAgain() throws Exception {
    Action brief = action("brief", HOUR, 0L);
    publish(brief, 3);
    later(HOUR.multipliedBy(2));
    assertThat(pruner.pass()).isEqualTo(2);
    close();
    open();
    List<Appended> next = store.writer().append(List.of(event(brief, null, "{}"))).join();
    assertThat(next.get(0).id()).isEqualTo(4);
    assertThat(pruner.pass()).isEqualTo(1);
    assertThat(kept()).containsExactly(4L);
  }

  @Test
  void aDeduperIsKnownAsLongAsItsEvent() throws Exception {
    Action brief = action("brief", HOUR, null);
    store.writer().append(List.of(event(brief, "once", "{}"))).join();
    publish(brief, 1);
    assertThat(store.writer().append(List.of(event(brief, "once", "{}"))).join().get(0).outcome())
        .isEqualTo(Appended.Outcome.DUPLICATE);
    later(HOUR.multipliedBy(2));
    assertThat(pruner.pass()).isEqualTo(1);
    assertThat(store.writer().append(List.of(event(brief, "once", "{}"))).join().get(0).outcome())
        .isEqualTo(Appended.Outcome.STORED);
  }

  @Test
  void aLongLogGoesSliceBySlice() throws Exception {
    Action brief = action("brief", HOUR, null);
    Action lasting = action("lasting", null, null);
    for (int i = 0; i < 25; i++) {
      publish(brief, 500);
      publish(lasting, 2);
    }
    later(HOUR.multipliedBy(2));
    assertThat(pruner.pass()).isEqualTo(12_500);
    assertThat(kept()).hasSize(50);
    assertThat(metrics.scrape()).contains("amebo_events_pruned_total 12500.0");
    publish(brief, 10);
    later(HOUR.multipliedBy(2));
    assertThat(pruner.pass()).as("the newest stays").isEqualTo(9);
  }

  /** Two servers share the work; each learns what the other has taken out. */
  @Test
  void whatAnotherHasRemovedIsNotTriedAgain() throws Exception {
    Action brief = action("brief", HOUR, null);
    Action sized = action("sized", null, 2L);
    publish(brief, 5000);
    publish(sized, 5000);
    Pruner other = new Pruner(store, registry, metrics, Retention.forever(), now::get);
    assertThat(other.pass() + pruner.pass()).as("both know the log").isEqualTo(4999);
    later(HOUR.multipliedBy(2));
    assertThat(pruner.pass()).isEqualTo(5000);
    assertThat(other.pass()).isZero();
    commits.set(0);
    assertThat(other.pass()).isZero();
    assertThat(commits).as("nothing is left to try").hasValue(0);
    other.close();
  }

  @Test
  void whatIsNotPassedIsNotTried() throws Exception {
    Action brief = action("brief", HOUR, null);
    Subscription slow = subscribe("brief");
    publish(brief, 10_000);
    record(slow, State.DELIVERED, 1);
    later(HOUR.multipliedBy(2));
    commits.set(0);
    assertThat(pruner.pass()).isEqualTo(1);
    assertThat(commits).as("of three slices only the first").hasValue(1);
  }

  @Test
  void itWorksByItself() {
    Action brief = action("brief", HOUR, null);
    publish(brief, 3);
    later(HOUR.multipliedBy(2));
    pruner.start(Duration.ofMillis(5));
    await().until(() -> kept().size() == 1);
    publish(brief, 3);
    later(HOUR.multipliedBy(2));
    await().until(() -> kept().size() == 1);
  }

  @Test
  void whatARewindWantsAgainStays() throws Exception {
    Action brief = action("brief", HOUR, null);
    Subscription all = subscribe("*");
    publish(brief, 4);
    record(all, State.DELIVERED, 1, 2, 3, 4);
    store.writer().apply(session -> Rewind.want(session, all.id(), 1)).join();
    later(HOUR.multipliedBy(2));
    assertThat(pruner.pass()).as("only what it does not want again").isEqualTo(1);
    assertThat(kept()).containsExactly(2L, 3L, 4L);
  }
}
