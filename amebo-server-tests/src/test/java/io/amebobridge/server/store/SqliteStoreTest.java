package io.amebobridge.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only SQLite can do. */
class SqliteStoreTest {
  @TempDir Path dir;
  private Store store;

  @BeforeEach
  void open() {
    LogWriter.Limits limits = new LogWriter.Limits(500, 1000, 1 << 20);
    store = Store.open(dir.resolve("log.db"), limits, InstantSource.system(), Registrations.NOBODY);
    Registrations.make(store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aFullDiskFailsTheWholeCommitAndTheStoreGoesOn() {
    append(event("a", "{}"));
    limitPages("PRAGMA max_page_count = 20");
    String large = "\"" + "x".repeat(400_000) + "\"";
    CompletableFuture<List<Appended>> refused =
        store.writer().append(List.of(event("b", "{}"), event("c", large)));
    assertThatThrownBy(refused::join).hasCauseInstanceOf(StoreException.Failed.class);
    assertThat(store.events().head()).isEqualTo(1);
    assertThat(store.writer().lastFailure()).isPresent();
    limitPages("PRAGMA max_page_count = 1000000");
    assertThat(store.trouble()).isEqualTo(Optional.empty());
    assertThat(store.writer().lastFailure()).isEmpty();
    assertThat(append(event("b", "{}")).id()).as("no gap").isEqualTo(2);
    assertThat(append(event("c", large)).outcome()).isEqualTo(Appended.Outcome.STORED);
    assertThat(store.events().list(EventFilter.any(), 10, 0).events()).hasSize(3);
  }

  private void limitPages(String pragma) {
    store
        .writer()
        .apply(
            session -> {
              try (ResultSet row = session.connection().createStatement().executeQuery(pragma)) {
                return row.next();
              }
            })
        .join();
  }

  @Test
  void aConnectionThatIsNotReadyIsClosed() {
    AtomicBoolean closed = new AtomicBoolean();
    Connection connection =
        (Connection)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("close")) {
                    closed.set(true);
                    return null;
                  }
                  throw new SQLException("[SQLITE_BUSY]");
                });
    assertThatThrownBy(() -> SqliteDatabase.withoutAutoCommit(connection))
        .isInstanceOf(SQLException.class);
    assertThat(closed).isTrue();
  }

  private static NewLogEvent event(@Nullable String deduper, String payload) {
    return new NewLogEvent(1, payload.getBytes(StandardCharsets.UTF_8), deduper, null, null, null);
  }

  private Appended append(NewLogEvent event) {
    return store.writer().append(List.of(event)).join().get(0);
  }
}
