package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.server.DeliverySettings;
import io.amebobridge.server.registry.ActionPattern;
import io.amebobridge.server.registry.SourcePositions;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.store.DeliveryRow.State;
import io.amebobridge.server.store.Fence;
import io.amebobridge.server.store.LogWriter;
import io.amebobridge.server.store.OpenDelivery;
import io.amebobridge.server.store.Resumption;
import io.amebobridge.server.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On an empty log: what is open, and what is done by hand. */
class BacklogTest {
  private static final long NOW = 1_000_000;
  private static final LogWriter.Listener NOBODY =
      new LogWriter.Listener() {
        @Override
        public void committed(int events, long head, Duration took) {}

        @Override
        public void failed() {}
      };

  @TempDir Path dir;
  private final Set<Long> busy = new HashSet<>();
  private Store store;
  private Backlog backlog;

  @BeforeEach
  void open() {
    store =
        Store.open(
            dir.resolve("amebo.db"),
            new LogWriter.Limits(100, 1000, 1 << 20),
            InstantSource.system(),
            NOBODY);
    backlog = backlog();
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void whoIsAboutToGoIsTakenOutOnceAndKeepsItsKey() {
    for (int i = 1; i <= 3; i++) {
      backlog.add(due(i, "a"));
    }
    assertThat(next()).isEqualTo(1);
    assertThat(next()).as("the others stand in line").isNull();
    backlog.closed(due(1, "a"));
    assertThat(backlog.takeOut(due(2, "a"))).isEqualTo(due(2, "a"));
    assertThat(next()).as("2 is called by hand").isNull();
    backlog.closed(due(2, "a"));
    assertThat(next()).isEqualTo(3);
  }

  @Test
  void whatIsBusyIsAskedForAgainThoughTheDatabaseHoldsTheRest() {
    for (int i = 1; i <= Backlog.NEAREST; i++) {
      backlog.add(due(i, null));
    }
    backlog.add(new OpenDelivery(Backlog.NEAREST + 1L, State.RETRYING, 1, NOW + 1, null));
    busy.add(1L);
    Set<Long> given = new HashSet<>();
    for (Long event = next(); event != null; event = next()) {
      given.add(event);
    }
    assertThat(given).hasSize(Backlog.NEAREST - 1).doesNotContain(1L);
    busy.clear();
    assertThat(event(backlog.next(NOW + 1_000))).isEqualTo(1);
  }

  @Test
  void whatWasDoneMeanwhileIsNotDoneAgain() {
    backlog.add(due(1, null));
    busy.add(1L);
    assertThat(next()).isNull();
    busy.clear();
    backlog.closed(due(1, null));
    assertThat(event(backlog.next(NOW + 5_000))).isNull();
  }

  @Test
  void aLongLineIsAReasonToMakeNoMoreDue() {
    assertThat(backlog.behind(NOW - 1_000)).isFalse();
    for (int i = 1; i <= 10_001; i++) {
      assertThat(backlog.behind(NOW - 1_000)).isFalse();
      backlog.add(due(i, "hot"));
      assertThat(next()).isEqualTo(i == 1 ? 1L : null);
    }
    assertThat(backlog.behind(NOW - 1_000)).isTrue();
    backlog.closed(due(1, "hot"));
    assertThat(next()).isEqualTo(2);
    assertThat(backlog.behind(NOW - 1_000)).isFalse();
  }

  /** What waits for its key is no reason to hold all of it in memory, nor to forget any of it. */
  @Test
  void aLineIsBoundedThoughVeryManyAreDueAtOnce() {
    long now = NOW;
    store.seen(1);
    for (int i = 1; i <= 10_500; i++) {
      backlog.add(due(i, "hot"));
      assertThat(event(backlog.next(now))).isEqualTo(i == 1 ? 1L : null);
    }
    backlog.add(due(20_000, "cold"));
    assertThat(event(backlog.next(now))).as("others go on").isEqualTo(20_000);
    assertThat(backlog.inLine()).isEqualTo(10_000);
    for (long i = 1; i < 10_500; i++) {
      backlog.closed(due(i, "hot"));
      now += 1_000; // those outside are looked at each second
      assertThat(event(backlog.next(now))).isEqualTo(i + 1);
      boolean all = i + backlog.inLine() + 1 == 10_500;
      assertThat(backlog.hasNew()).as("nothing new overtakes those outside").isEqualTo(all);
      assertThat(backlog.inLine()).isLessThanOrEqualTo(10_000);
    }
    backlog.closed(due(10_500, "hot"));
    assertThat(event(backlog.next(now + 1_000))).isNull();
  }

  @Test
  void itIsReadyWhenThereIsSomethingToBegin() {
    assertThat(backlog.ready(NOW)).isFalse();
    backlog.add(new OpenDelivery(1, State.RETRYING, 1, NOW + 1, null));
    assertThat(backlog.ready(NOW)).isFalse();
    assertThat(backlog.ready(NOW + 1)).isTrue();
  }

  private @Nullable Long next() {
    return event(backlog.next(NOW));
  }

  private static @Nullable Long event(Backlog.@Nullable Pick pick) {
    return pick == null ? null : pick.delivery().event();
  }

  private static OpenDelivery due(long event, @Nullable String key) {
    return new OpenDelivery(event, State.RETRYING, 1, NOW, key);
  }

  @SuppressWarnings("NullAway") // nothing is called, written or read
  private Backlog backlog() {
    Outbound out =
        new Outbound(
            null,
            null,
            null,
            null,
            null,
            store,
            null,
            null,
            DeliverySettings.defaults(),
            InstantSource.system());
    Subscription subscription =
        new Subscription(
            1,
            "a",
            new ActionPattern("*"),
            "/",
            null,
            3,
            false,
            false,
            true,
            false,
            SourcePositions.NONE,
            0,
            0);
    Feed feed =
        new Feed(null, store.deliveryEvents(), null, subscription, 0, 10, new PageBudget(1 << 20));
    Watermark watermark = new Watermark();
    Recorder recorder =
        new Recorder(null, null, null, 1, Fence.NONE, watermark, feed, () -> {}, () -> {});
    return new Backlog(
        out,
        1,
        true,
        Resumption.fresh(0),
        feed,
        watermark,
        recorder,
        sleeper -> {},
        busy::contains);
  }
}
