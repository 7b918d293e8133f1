package io.amebobridge.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.server.Engine;
import io.amebobridge.server.OnEveryDatabase;
import io.amebobridge.server.store.Appended.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** What is stored, and what is recognised, on every database. */
@OnEveryDatabase
class EventLogContractTest {
  @Parameter Engine engine;
  @TempDir Path dir;
  private final AtomicLong clock = new AtomicLong(1_800_000_000_000L);
  private Dsn dsn;
  private Store store;

  @BeforeEach
  void open() {
    dsn = Dsn.parse(engine.migratedDsn(dir));
    reopen();
    Registrations.make(store);
  }

  private void reopen() {
    LogWriter.Limits limits = new LogWriter.Limits(500, 50_000, 64 << 20);
    store = Store.open(dsn, limits, () -> Instant.ofEpochMilli(clock.get()), Registrations.NOBODY);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void whetherItIsReadyDoesNotHangOnTheConnectionsOfLists() {
    List<Handle> held = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        held.add(store.jdbi().open());
      }
      assertThat(store.trouble()).isEmpty();
    } finally {
      held.forEach(Handle::close);
    }
  }

  private static NewLogEvent event(long action, @Nullable String deduper, String payload) {
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    return new NewLogEvent(action, bytes, deduper, null, null, null);
  }

  private List<Appended> append(NewLogEvent... events) {
    return store.writer().append(List.of(events)).join();
  }

  @Test
  void aBatchIsComparedWithTheLogAndWithItself() {
    append(event(1, "known", "{\"a\":1,\"b\":2}"));
    List<Appended> results =
        append(
            event(1, "new", "{\"n\":1}"),
            event(1, "known", "{ \"b\":2, \"a\":1 }"),
            event(1, "known", "{\"a\":2}"),
            event(1, "new", "{ \"n\": 1 }"),
            event(1, "new", "{\"n\":2}"),
            event(2, "known", "{\"a\":2}"),
            event(1, null, "{}"),
            event(1, null, "{}"));
    assertThat(results)
        .extracting(Appended::outcome)
        .containsExactly(
            Outcome.STORED,
            Outcome.DUPLICATE,
            Outcome.CONFLICT,
            Outcome.DUPLICATE,
            Outcome.CONFLICT,
            Outcome.STORED,
            Outcome.STORED,
            Outcome.STORED);
    assertThat(results).extracting(Appended::id).containsExactly(2L, 1L, 1L, 2L, 2L, 3L, 4L, 5L);
    assertThat(store.events().list(EventFilter.any(), 10, 0).events())
        .extracting(LogEvent::id)
        .containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  /** What comes until it is released is one group. */
  private CompletableFuture<Boolean> holdTheWriter(CountDownLatch released) {
    CountDownLatch holds = new CountDownLatch(1);
    CompletableFuture<Boolean> hold =
        store
            .writer()
            .apply(
                session -> {
                  holds.countDown();
                  try {
                    return released.await(3, TimeUnit.SECONDS);
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                });
    try {
      holds.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return hold;
  }

  @Test
  void requestsOfOneGroupAreComparedWithEachOther() {
    CountDownLatch queued = new CountDownLatch(1);
    CompletableFuture<Boolean> hold = holdTheWriter(queued);
    List<CompletableFuture<List<Appended>>> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      all.add(store.writer().append(List.of(event(1, "d" + i % 3, "{\"n\":" + i / 3 + "}"))));
    }
    CompletableFuture<Long> headOfAChange = store.writer().apply(WriteSession::head);
    all.add(store.writer().append(List.of(event(1, "last", "{}"))));
    queued.countDown();
    assertThat(hold.join()).isTrue();
    assertThat(headOfAChange.join()).as("those before it, not the one after").isEqualTo(3);
    assertThat(all.stream().map(f -> f.join().get(0).outcome()))
        .containsExactly(
            Outcome.STORED,
            Outcome.STORED,
            Outcome.STORED,
            Outcome.CONFLICT,
            Outcome.CONFLICT,
            Outcome.CONFLICT,
            Outcome.STORED);
  }

  @Test
  void timeNeverGoesBack() {
    append(event(1, null, "{}"));
    clock.addAndGet(-60_000);
    Appended second = append(event(1, null, "{}")).get(0);
    store.close();
    reopen();
    Appended third = append(event(1, null, "{}")).get(0);
    assertThat(List.of(second.timestamped(), third.timestamped())).containsOnly(1_800_000_000_000L);
    clock.addAndGet(120_000);
    assertThat(append(event(1, null, "{}")).get(0).timestamped()).isEqualTo(1_800_000_060_000L);
  }

  @Test
  void everyFieldIsKeptToTheByte() {
    String odd = "{\"ä\" : \"\\u0000 \\ud83d\\ude00 😀 \\\\ ' \\\" {a,b}\",\n\t\"n\": 1.10}";
    String large = "\"" + "x".repeat(1 << 20) + "\"";
    SourceCoordinates source = new SourceCoordinates("kafka:c", "t", 3, 4_000_000_000L);
    NewLogEvent full =
        new NewLogEvent(
            1, odd.getBytes(StandardCharsets.UTF_8), "d,{}\"\\'NULL", "NULL", source, 77L);
    append(full, event(2, null, large));
    append(event(1, "", "{}"));
    store.close();
    reopen(); // nothing is in memory
    LogEvent read = store.events().find(1).orElseThrow();
    assertThat(read.payload()).isEqualTo(full.payload());
    assertThat(read.deduper()).isEqualTo(full.deduper());
    assertThat(read.key()).isEqualTo("NULL");
    assertThat(read.source()).isEqualTo(source);
    assertThat(read.sleepUntil()).isEqualTo(77L);
    assertThat(store.events().find(2).orElseThrow().payload()).asString().isEqualTo(large);
    assertThat(store.events().find(2).orElseThrow().source()).isNull();
    assertThat(store.events().list(found("ä\" : "), 10, 0).events()).hasSize(1);
    assertThat(store.events().list(found("%"), 10, 0).events()).isEmpty();
    assertThat(store.events().count(found("\0"))).isZero();
  }

  private static EventFilter found(String inPayload) {
    return new EventFilter(null, List.of(1L, 2L), null, inPayload, null, null, null);
  }

  @Test
  void aValueThatTheDatabaseRefusesFailsItsOwnChangeOnly() {
    CountDownLatch queued = new CountDownLatch(1);
    CompletableFuture<Boolean> hold = holdTheWriter(queued);
    CompletableFuture<Object> twice =
        store
            .writer()
            .apply(
                session -> {
                  String insert = "INSERT INTO settings (name, value) VALUES ('x', '1')";
                  session.prepare(insert).executeUpdate();
                  return session.prepare(insert).executeUpdate();
                });
    CompletableFuture<List<Appended>> other = store.writer().append(List.of(event(1, "d", "{}")));
    queued.countDown();
    assertThat(hold.join()).isTrue();
    assertThat(other.join().get(0).id()).isEqualTo(1);
    assertThatThrownBy(twice::join).hasMessageContaining("not stored");
  }

  @Test
  void deliveriesAreWrittenOverAndListed() {
    append(event(1, "d", "{}"));
    store
        .writer()
        .apply(
            session ->
                session
                    .prepare(
                        "INSERT INTO subscriptions (id, application_id, action, handler, max_retries,"
                            + " envelope, passphrase, cursor, reached, timestamped)"
                            + " VALUES (1, 1, 'x', '/h', 3, false, true, 0, 0, 0)")
                    .executeUpdate())
        .join();
    DeliveryRow failed =
        new DeliveryRow(1, 1, DeliveryRow.State.RETRYING, 1, 5L, null, "no\0answer", 7);
    DeliveryRow done = new DeliveryRow(1, 1, DeliveryRow.State.DELIVERED, 2, null, 200, null, 8);
    store.writer().apply(new RecordDeliveries(1, List.of(failed), 0, 1)).join();
    Resumption resumed = store.deliveries().resumption(1, 10);
    assertThat(resumed.open())
        .containsExactly(new OpenDelivery(1, DeliveryRow.State.RETRYING, 1, 5, null));
    assertThat(resumed.recorded()).containsExactly(1L);
    assertThat(resumed.retrying()).isEqualTo(1);
    assertThat(store.deliveries().resumption(1, 1).complete()).as("there may be more").isFalse();
    assertThat(store.deliveries().list(deliveries(false), 10, 0).get(0).row().lastError())
        .isEqualTo("no\uFFFDanswer");
    store.writer().apply(new RecordDeliveries(1, List.of(failed, done), 1, 1)).join();
    assertThat(store.deliveries().list(deliveries(true), 10, 0))
        .extracting(DeliveryView::row)
        .containsExactly(done);
    assertThat(store.deliveries().count(deliveries(false))).isZero();
    store.writer().apply(new RecordDeliveries(1, List.of(), 0, 0)).join();
    Resumption after = store.deliveries().resumption(1, 10);
    assertThat(after.cursor()).as("never back").isEqualTo(1);
    assertThat(after.open()).isEmpty();
    assertThat(after.recorded()).isEmpty();
    assertThat(after.complete()).isTrue();
  }

  private static DeliveryFilter deliveries(boolean completed) {
    return new DeliveryFilter(null, completed, null, "x", "a", 1L, 1L, null, null);
  }

  @Test
  void aQueryThatTakesTooLongIsStoppedAndItsConnectionGoesOn() {
    NewLogEvent[] many = new NewLogEvent[3_000];
    Arrays.setAll(many, i -> event(1, null, "{}"));
    append(many);
    store.close();
    try (Database database = Store.database(dsn, WriterTimeouts.DEFAULT);
        Reads reads = new Reads(database, "test", 1, Duration.ofMillis(300))) {
      String endless = "SELECT count(*) FROM events a, events b, events c, events d";
      assertThatThrownBy(() -> number(reads, endless))
          .isInstanceOf(StoreException.Busy.class)
          .hasMessageContaining("300 ms");
      assertThat(number(reads, "SELECT count(*) FROM events")).isEqualTo(3_000);
      assertThatThrownBy(() -> number(reads, "DELETE FROM events RETURNING 1"))
          .as("readers only read")
          .isInstanceOf(JdbiException.class);
    }
    reopen();
  }

  private static long number(Reads reads, String sql) {
    return reads.read(handle -> handle.createQuery(sql).mapTo(Long.class).one());
  }
}
