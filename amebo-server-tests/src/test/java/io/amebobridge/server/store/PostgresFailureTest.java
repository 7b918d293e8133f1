package io.amebobridge.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.brokers.PostgresProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The database is killed and comes back, while the store stays open. */
class PostgresFailureTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger acknowledged = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();
  private static PostgresProcess postgres;
  private Store store;

  @BeforeAll
  static void start() throws Exception {
    postgres = PostgresProcess.fresh("fsync=off"); // a kill leaves the system its cache
    postgres.start();
  }

  @AfterAll
  static void stop() {
    postgres.close();
  }

  @BeforeEach
  void open() throws Exception {
    store =
        Store.open(
            Dsn.parse(postgres.createDatabase()),
            new LogWriter.Limits(50, 50_000, 64 << 20),
            InstantSource.system(),
            Registrations.NOBODY);
    Registrations.make(store);
  }

  @AfterEach
  void close() {
    over.set(true);
    threads.shutdownNow();
    store.close();
  }

  @Test
  void everythingAcknowledgedIsThereAndNothingTwice() throws Exception {
    List<Future<Map<String, Long>>> publishers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      publishers.add(threads.submit(publish("p" + i + "-")));
    }
    for (int kill = 1; kill <= 3; kill++) {
      int target = acknowledged.get() + 100;
      await().atMost(Duration.ofMinutes(1)).until(() -> acknowledged.get() >= target);
      postgres.kill9();
      postgres.start();
    }
    int target = acknowledged.get() + 100;
    await().atMost(Duration.ofMinutes(1)).until(() -> acknowledged.get() >= target);
    over.set(true);
    Map<String, Long> acked = new HashMap<>();
    for (Future<Map<String, Long>> publisher : publishers) {
      acked.putAll(publisher.get());
    }
    Map<String, Long> stored = new HashMap<>();
    long last = 0;
    for (List<LogEvent> page = after(0); !page.isEmpty(); page = after(last)) {
      for (LogEvent event : page) {
        assertThat(event.id()).as("no gap").isEqualTo(++last);
        assertThat(stored.put(String.valueOf(event.deduper()), event.id())).isNull();
      }
    }
    assertThat(stored).isEqualTo(acked);
    assertThat(store.events().head()).isEqualTo(last);
    assertThat(store.trouble()).isEmpty();
  }

  private List<LogEvent> after(long id) {
    return store.events().page(id, Long.MAX_VALUE, List.of(1L), 1_000).events();
  }

  /** Each event until it is acknowledged; a repeat must be told the id that was given first. */
  private Callable<Map<String, Long>> publish(String prefix) {
    return () -> {
      Map<String, Long> acked = new HashMap<>();
      for (int i = 0; !over.get(); i++) {
        String deduper = prefix + i;
        Appended result = null;
        while (result == null) {
          result = attempt(deduper);
        }
        assertThat(result.outcome()).isNotEqualTo(Appended.Outcome.CONFLICT);
        acked.put(deduper, result.id());
        acknowledged.incrementAndGet();
      }
      return acked;
    };
  }

  private Appended attempt(String deduper) {
    byte[] payload = "{}".getBytes(StandardCharsets.UTF_8);
    NewLogEvent event = new NewLogEvent(1, payload, deduper, null, null, null);
    try {
      return store.writer().append(List.of(event)).join().get(0);
    } catch (CompletionException e) {
      assertThat(e).hasCauseInstanceOf(StoreException.class);
      return null;
    }
  }

  @Test
  void readersAndWriterComeBackByThemselves() throws Exception {
    assertThat(attempt("a")).isNotNull();
    postgres.stop();
    assertThat(attempt("b")).isNull();
    assertThat(store.trouble()).isPresent();
    postgres.start();
    await().until(() -> attempt("b") != null);
    await().until(() -> store.trouble().isEmpty());
    // The first read may still get a session that ended with the server.
    await().ignoreExceptions().until(() -> store.events().count(EventFilter.any()) == 2);
    assertThat(store.events().head()).isEqualTo(2);
  }
}
