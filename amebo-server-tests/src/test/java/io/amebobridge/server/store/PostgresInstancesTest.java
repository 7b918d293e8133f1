package io.amebobridge.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.amebobridge.brokers.PostgresProcess;
import io.amebobridge.server.Engine;
import io.amebobridge.server.store.Appended.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several instances on one PostgreSQL. */
class PostgresInstancesTest {
  private static final LogWriter.Limits LIMITS = new LogWriter.Limits(500, 50_000, 64 << 20);
  private static final WriterTimeouts SHORT =
      new WriterTimeouts(
          Duration.ofMillis(300),
          Duration.ofMillis(500),
          Duration.ofSeconds(10),
          Duration.ofSeconds(20));
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private String text;
  private Store first;
  private Store second;

  @BeforeEach
  void open() {
    text = Engine.POSTGRES.dsn(Path.of("."));
    first = open(WriterTimeouts.DEFAULT);
    second = open(WriterTimeouts.DEFAULT);
    Registrations.make(first);
  }

  private Store open(WriterTimeouts timeouts) {
    return Store.open(
        Store.database(Dsn.parse(text), timeouts),
        Duration.ofSeconds(10),
        LIMITS,
        InstantSource.system(),
        Registrations.NOBODY);
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    first.close();
    second.close();
  }

  private static NewLogEvent event(String deduper, String payload) {
    return new NewLogEvent(1, payload.getBytes(StandardCharsets.UTF_8), deduper, null, null, null);
  }

  private static Appended append(Store store, String deduper, String payload) {
    return store.writer().append(List.of(event(deduper, payload))).join().get(0);
  }

  /** Nobody ever sees an id before the one below it. */
  @Test
  void idsAreSeenInTheOrderOfCommits() throws Exception {
    int each = 300;
    AtomicBoolean over = new AtomicBoolean();
    List<Future<Long>> readers = new ArrayList<>();
    for (Store store : List.of(first, second, first, second)) {
      readers.add(threads.submit(() -> follow(store, over)));
    }
    List<Future<Integer>> writers = new ArrayList<>();
    for (int w = 0; w < 8; w++) {
      Store store = w % 2 == 0 ? first : second;
      writers.add(threads.submit(publish(store, "w" + w, each)));
    }
    int stored = 0;
    for (Future<Integer> writer : writers) {
      stored += writer.get();
    }
    over.set(true);
    assertThat(stored).isEqualTo(8 * each + 8 * (each / 3));
    for (Future<Long> reader : readers) {
      assertThat(reader.get()).isEqualTo(stored);
    }
    assertThat(first.readHead()).isEqualTo(stored);
  }

  private static Callable<Integer> publish(Store store, String name, int count) {
    return () -> {
      List<CompletableFuture<List<Appended>>> all = new ArrayList<>();
      int stored = 0;
      for (int i = 0; i < count; i++) {
        String deduper = name + "-" + i;
        List<NewLogEvent> events = new ArrayList<>(List.of(event(deduper, "{}")));
        if (i % 3 == 0) {
          events.add(event(deduper + "b", "{}"));
        }
        all.add(store.writer().append(events));
        if (i % 5 == 0) {
          stored += count(all);
        }
      }
      return stored + count(all);
    };
  }

  private static int count(List<CompletableFuture<List<Appended>>> all) {
    int stored = 0;
    for (CompletableFuture<List<Appended>> each : all) {
      for (Appended one : each.join()) {
        stored += one.outcome() == Outcome.STORED ? 1 : 0;
      }
    }
    all.clear();
    return stored;
  }

  private static long follow(Store store, AtomicBoolean over) {
    long last = 0;
    while (true) {
      boolean end = over.get();
      List<LogEvent> page = store.events().page(last, Long.MAX_VALUE, List.of(1L), 100).events();
      for (LogEvent event : page) {
        if (event.id() != last + 1) {
          throw new AssertionError(event.id() + " was seen after " + last);
        }
        last = event.id();
      }
      if (end && page.isEmpty()) {
        return last;
      }
    }
  }

  @Test
  void manyMayBeginOnAnEmptyDatabaseAtTheSameTime() throws Exception {
    text = Engine.POSTGRES.dsn(Path.of("."));
    List<Future<Store>> opening = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      opening.add(threads.submit(() -> open(WriterTimeouts.DEFAULT)));
    }
    for (Future<Store> each : opening) {
      try (Store store = each.get()) {
        assertThat(store.trouble()).isEmpty();
      }
    }
  }

  @Test
  void whatOneHasStoredTheOtherRecognises() {
    assertThat(append(first, "d", "{\"n\":1}").id()).isEqualTo(1);
    assertThat(append(second, "d", "{ \"n\": 1}"))
        .extracting(Appended::outcome, Appended::id)
        .containsExactly(Outcome.DUPLICATE, 1L);
    assertThat(append(second, "d", "{\"n\":2}").outcome()).isEqualTo(Outcome.CONFLICT);
    assertThat(append(second, "e", "{}").id()).isEqualTo(2);
    assertThat(append(first, "f", "{}").id()).isEqualTo(3);
  }

  @Test
  void theOthersCommitsAreSeenWhenSaid() {
    append(first, "a", "{}");
    append(second, "b", "{}");
    append(second, "c", "{}");
    assertThat(first.events().head()).isEqualTo(1);
    assertThat(first.readHead()).isEqualTo(3);
    assertThat(first.seen(3)).isTrue();
    assertThat(first.seen(2)).isFalse();
    assertThat(first.seen(3)).isFalse();
    assertThat(first.events().head()).isEqualTo(3);
    assertThat(first.events().recent(1, 10)).as("to be read from the database").isNull();
    assertThat(first.events().recent(3, 10)).isEmpty();
    append(second, "d", "{}");
    append(first, "e", "{}");
    assertThat(first.events().head()).isEqualTo(5);
    assertThat(first.events().recent(3, 10)).as("event 4 is not in memory").isNull();
    assertThat(first.events().recent(4, 10)).extracting(LogEvent::id).containsExactly(5L);
    assertThat(second.events().recent(0, 10)).isNull();
    assertThat(second.events().recent(1, 10)).extracting(LogEvent::id).containsExactly(2L, 3L, 4L);
  }

  @Test
  void whoHoldsTheLockHoldsUpTheOthersForAWhileOnly() throws Exception {
    append(first, "a", "{}");
    Store impatient = open(SHORT);
    try (Connection foreign = Engine.POSTGRES.connect(text);
        Statement statement = foreign.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(" + PostgresDatabase.WRITERS + ")");
      assertThatThrownBy(() -> append(impatient, "b", "{}"))
          .hasCauseInstanceOf(StoreException.Failed.class)
          .hasMessageContaining("lock timeout");
      assertThat(impatient.events().count(EventFilter.any())).isEqualTo(1);
      statement.execute("SELECT pg_advisory_unlock_all()");
      assertThat(append(impatient, "b", "{}").id()).isEqualTo(2);
    } finally {
      impatient.close();
    }
  }

  /** An instance that stands still within its transaction loses it, and the others go on. */
  @Test
  void aFrozenInstanceLosesItsTransaction() throws Exception {
    Store frozen = open(SHORT);
    try {
      AtomicBoolean thaw = new AtomicBoolean();
      CompletableFuture<List<Appended>> lost = frozen.writer().append(List.of(event("x", "{}")));
      assertThat(lost.join()).hasSize(1);
      CompletableFuture<Boolean> change =
          frozen
              .writer()
              .apply(
                  session -> {
                    while (!thaw.get()) {
                      Thread.onSpinWait();
                    }
                    return true;
                  });
      await().until(() -> lockHolders() == 1);
      assertThat(append(second, "y", "{}").id()).as("after the idle time-out").isEqualTo(2);
      thaw.set(true);
      assertThatThrownBy(change::join).hasCauseInstanceOf(StoreException.Failed.class);
      assertThat(append(frozen, "z", "{}").id()).isEqualTo(3);
    } finally {
      frozen.close();
    }
  }

  private long lockHolders() throws SQLException {
    try (Connection foreign = Engine.POSTGRES.connect(text);
        var row =
            foreign
                .createStatement()
                .executeQuery(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND"
                        + " database = (SELECT oid FROM pg_database WHERE datname = current_database())")) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void aCommitIsOnTheDiskWhateverTheServersDefaultIs() throws Exception {
    try (Connection foreign = Engine.POSTGRES.connect(text)) {
      foreign
          .createStatement()
          .execute(
              "ALTER ROLE "
                  + PostgresProcess.USER
                  + " IN DATABASE "
                  + database()
                  + " SET synchronous_commit = off");
    }
    Store third = open(WriterTimeouts.DEFAULT);
    try {
      String setting =
          third
              .writer()
              .apply(
                  session -> {
                    try (var row = session.prepare("SHOW synchronous_commit").executeQuery()) {
                      row.next();
                      return row.getString(1);
                    }
                  })
              .join();
      assertThat(setting).isEqualTo("on");
    } finally {
      third.close();
    }
  }

  private String database() {
    return text.substring(text.lastIndexOf('/') + 1);
  }
}
