package io.amebobridge.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.server.Engine;
import io.amebobridge.server.OnEveryDatabase;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** A log with holes of many millions of ids is read, and counted, as one without. */
@OnEveryDatabase
class SkippedIdsTest {
  private static final long FIRST = 1L << 36;
  private static final long SECOND = 1L << 40;
  @Parameter Engine engine;
  @TempDir Path dir;
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
    store = Store.open(dsn, limits, InstantSource.system(), Registrations.NOBODY);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private long append() {
    return append(null);
  }

  private long append(@Nullable String deduper) {
    NewLogEvent event = new NewLogEvent(1, new byte[] {'1'}, deduper, null, null, null);
    return store.writer().append(List.of(event)).join().get(0).id();
  }

  private void skip(long after, long upTo) {
    store
        .writer()
        .apply(
            session -> {
              var insert = session.prepare("INSERT INTO settings (name, value) VALUES (?, ?)");
              insert.setString(1, SkippedIds.setting(after));
              insert.setString(2, Long.toString(upTo));
              return insert.executeUpdate();
            })
        .join();
    store.close();
    reopen();
  }

  @Test
  void idsGoOnAboveTheSkip() {
    assertThat(append()).isEqualTo(1);
    skip(1, FIRST);
    assertThat(store.events().head()).isEqualTo(FIRST);
    assertThat(append()).isEqualTo(FIRST + 1);
    store.close();
    reopen();
    assertThat(append()).isEqualTo(FIRST + 2);
  }

  @Test
  void whatWasSkippedIsNotCounted() {
    append();
    append();
    skip(2, FIRST);
    assertThat(store.events().beyond(0)).isEqualTo(2);
    assertThat(store.events().beyond(2)).isZero();
    assertThat(store.events().beyond(FIRST)).isZero();
    append();
    skip(FIRST + 1, SECOND);
    append();
    assertThat(store.events().beyond(0)).isEqualTo(4);
    assertThat(store.events().beyond(1)).isEqualTo(3);
    assertThat(store.events().beyond(2)).isEqualTo(2);
    assertThat(store.events().beyond(FIRST + 1)).isEqualTo(1);
    assertThat(store.events().beyond(SECOND + 1)).isZero();
    assertThat(List.of(0, 1, 2, 3, 4, 5).stream().map(n -> store.events().back(n)))
        .containsExactly(SECOND + 1, FIRST + 1, 2L, 1L, 0L, 0L);
  }

  @Test
  void aWalkStepsOverIt() {
    append();
    skip(1, FIRST);
    long newest = append();
    EventReader.Walk walk = store.events().page(0, newest, List.of(1L), 10);
    assertThat(walk.events()).hasSize(1);
    EventReader.Walk over = store.events().page(walk.end(), newest, List.of(1L), 10);
    assertThat(over.end()).isEqualTo(FIRST);
    assertThat(store.events().page(over.end(), newest, List.of(1L), 10).events()).hasSize(1);
    // Nothing at all is left up to there.
    assertThat(store.events().page(walk.end(), FIRST - 5, List.of(1L), 10).end())
        .isEqualTo(FIRST - 5);
  }
}
