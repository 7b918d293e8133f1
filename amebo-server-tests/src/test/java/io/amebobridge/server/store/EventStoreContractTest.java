package io.amebobridge.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.server.Engine;
import io.amebobridge.server.OnEveryDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** What the store promises, on every database. */
@OnEveryDatabase
class EventStoreContractTest {
  @Parameter Engine engine;
  @TempDir Path dir;
  private Dsn dsn;
  private Store store;

  @BeforeEach
  void open() {
    dsn = Dsn.parse(engine.migratedDsn(dir));
    store = open(new LogWriter.Limits(500, 1000, 1 << 20));
    Registrations.make(store);
  }

  private Store open(LogWriter.Limits limits) {
    return Store.open(dsn, limits, InstantSource.system(), Registrations.NOBODY);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static NewLogEvent event(@Nullable String deduper, String payload) {
    return new NewLogEvent(1, payload.getBytes(StandardCharsets.UTF_8), deduper, null, null, null);
  }

  @Test
  void aBrokenConnectionIsReplaced() {
    append(event("a", "{}"));
    CompletableFuture<Object> broken =
        store
            .writer()
            .apply(
                session -> {
                  session.connection().close();
                  throw new SQLException("pulled the plug");
                });
    assertThatThrownBy(broken::join).hasCauseInstanceOf(StoreException.Failed.class);
    assertThat(append(event("b", "{}")).id()).isEqualTo(2);
  }

  @Test
  void anErrorFailsItsTransactionAndTheWriterLivesOn() {
    CompletableFuture<Object> broken =
        store
            .writer()
            .apply(
                session -> {
                  throw new AssertionError("no memory, say");
                });
    assertThatThrownBy(() -> broken.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(StoreException.Failed.class);
    assertThat(append(event("a", "{}")).id()).isEqualTo(1);
  }

  @Test
  void whoFailsAfterTheCommitHoldsUpNobody() throws Exception {
    store.close();
    LogWriter.Listener failing =
        new LogWriter.Listener() {
          @Override
          public void committed(int events, long head, Duration took) {
            throw new AssertionError("a listener's");
          }

          @Override
          public void failed() {}
        };
    LogWriter.Limits limits = new LogWriter.Limits(500, 1000, 1 << 20);
    store = Store.open(dsn, limits, InstantSource.system(), failing);
    CompletableFuture<Integer> change =
        store
            .writer()
            .apply(
                new Change<Integer>() {
                  @Override
                  public Integer apply(WriteSession session) {
                    return 7;
                  }

                  @Override
                  public void committed(Integer result) {
                    throw new AssertionError("a change's");
                  }
                });
    assertThat(change.get(10, TimeUnit.SECONDS)).isEqualTo(7);
    CompletableFuture<List<Appended>> next = store.writer().append(List.of(event("a", "{}")));
    assertThat(next.get(10, TimeUnit.SECONDS).get(0).id()).isEqualTo(1);
  }

  @Test
  void nobodyWaitsForAWriterThatHasEnded() {
    store
        .writer()
        .apply(
            session -> {
              Thread.currentThread().interrupt();
              return 0;
            })
        .join();
    CompletableFuture<List<Appended>> late = store.writer().append(List.of(event("a", "{}")));
    assertThatThrownBy(() -> late.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(StoreException.Failed.class);
    assertThat(store.writer().alive()).isFalse();
  }

  @Test
  void longReadsLeaveTheConnectionsOfDeliveries() {
    append(event("a", "{}"));
    List<Handle> held = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        held.add(store.jdbi().open());
      }
      assertThat(store.deliveryEvents().find(1)).isPresent();
    } finally {
      held.forEach(Handle::close);
    }
  }

  @Test
  void aRefusedChangeUndoesItselfAlone() throws Exception {
    CountDownLatch queued = new CountDownLatch(1);
    CompletableFuture<Boolean> holdsTheWriter =
        store
            .writer()
            .apply(
                session -> {
                  try {
                    queued.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  return true;
                });
    CompletableFuture<List<Appended>> before = store.writer().append(List.of(event("a", "{}")));
    CompletableFuture<Object> refused =
        store
            .writer()
            .apply(
                session -> {
                  session
                      .prepare("INSERT INTO settings (name, value) VALUES ('half', '1')")
                      .executeUpdate();
                  throw new IllegalArgumentException("no");
                });
    CompletableFuture<List<Appended>> after = store.writer().append(List.of(event("b", "{}")));
    queued.countDown();
    assertThat(holdsTheWriter.get()).isTrue();
    assertThat(before.get().get(0).id()).isEqualTo(1);
    assertThat(after.get().get(0).id()).isEqualTo(2);
    assertThatThrownBy(refused::join).hasCauseInstanceOf(IllegalArgumentException.class);
    long settings =
        store
            .jdbi()
            .withHandle(
                handle ->
                    handle
                        .createQuery("SELECT count(*) FROM settings WHERE name = 'half'")
                        .mapTo(Long.class)
                        .one());
    assertThat(settings).isZero();
  }

  @Test
  void aFullQueueIsBusyAndRecovers() {
    CountDownLatch open = new CountDownLatch(1);
    CompletableFuture<Boolean> holdsTheWriter =
        store
            .writer()
            .apply(
                session -> {
                  try {
                    open.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  return true;
                });
    List<CompletableFuture<List<Appended>>> accepted = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      accepted.add(store.writer().append(List.of(event(null, "{}"))));
    }
    CompletableFuture<List<Appended>> busy = store.writer().append(List.of(event(null, "{}")));
    assertThatThrownBy(busy::join).hasCauseInstanceOf(StoreException.Busy.class);
    open.countDown();
    holdsTheWriter.join();
    accepted.forEach(CompletableFuture::join);
    assertThat(append(event(null, "{}")).id()).isEqualTo(1001);
  }

  @Test
  void aQueueFullOfBytesIsBusyAndRecovers() {
    CountDownLatch open = new CountDownLatch(1);
    CompletableFuture<Boolean> holdsTheWriter =
        store
            .writer()
            .apply(
                session -> {
                  try {
                    open.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  return true;
                });
    String large = "\"" + "x".repeat(400_000) + "\"";
    CompletableFuture<List<Appended>> first = store.writer().append(List.of(event("1", large)));
    CompletableFuture<List<Appended>> second = store.writer().append(List.of(event("2", large)));
    CompletableFuture<List<Appended>> busy = store.writer().append(List.of(event("3", large)));
    assertThatThrownBy(busy::join).hasCauseInstanceOf(StoreException.Busy.class);
    open.countDown();
    holdsTheWriter.join();
    first.join();
    second.join();
    String huge = "\"" + "x".repeat(2 << 20) + "\"";
    assertThat(append(event("3", huge)).id()).as("larger than the room, alone").isEqualTo(3);
  }

  @Test
  void aPageEndsByItsBytesToo() {
    String large = "\"" + "x".repeat(3 << 20) + "\"";
    for (int i = 0; i < 20; i++) {
      append(event("l" + i, large));
    }
    EventReader.Page page = store.events().list(EventFilter.any(), 100, 0);
    assertThat(page.events()).hasSize(3);
    assertThat(page.complete()).isFalse();
    EventReader.Walk walk = store.events().page(0, 4, List.of(1L), 100);
    assertThat(walk.end()).isEqualTo(3);
    walk = store.events().page(3, 4, List.of(1L), 100);
    assertThat(walk.events()).extracting(LogEvent::id).containsExactly(4L);
    assertThat(walk.end()).isEqualTo(4);
    assertThat(store.events().recent(17, 100)).hasSize(3);
    assertThat(store.events().recent(15, 100)).hasSize(3);
  }

  @Test
  void theTailForgetsAndTheDatabaseRemembers() {
    List<NewLogEvent> many = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      many.add(event("d" + i, "{\"i\":" + i + "}"));
    }
    store.writer().append(many).join();
    assertThat(store.events().recent(0, 10)).isNull();
    assertThat(store.events().recent(19_990, 100)).hasSize(10);
    assertThat(store.events().recent(20_000, 100)).isEmpty();
    List<LogEvent> page = store.events().page(0, 20_000, List.of(1L), 3).events();
    assertThat(page).extracting(LogEvent::id).containsExactly(1L, 2L, 3L);
    assertThat(page.get(1).payload()).asString().isEqualTo("{\"i\":1}");
    assertThat(store.events().page(0, 20_000, List.of(2L), 3).events()).isEmpty();
  }

  @Test
  void aClosedStoreAnswers() {
    store.close();
    assertThatThrownBy(() -> store.writer().append(List.of(event("a", "{}"))).join())
        .hasCauseInstanceOf(StoreException.Failed.class);
    assertThat(store.trouble()).isPresent();
  }

  private Appended append(NewLogEvent event) {
    return store.writer().append(List.of(event)).join().get(0);
  }
}
