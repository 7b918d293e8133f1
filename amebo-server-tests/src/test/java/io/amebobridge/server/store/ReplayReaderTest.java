package io.amebobridge.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.server.Engine;
import io.amebobridge.server.OnEveryDatabase;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

@OnEveryDatabase
class ReplayReaderTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final long FAR = 3 * EventReader.WALK;
  @Parameter Engine engine;
  @TempDir Path dir;
  private Store store;

  @BeforeEach
  void open() {
    store =
        Store.open(
            Dsn.parse(engine.migratedDsn(dir)),
            new LogWriter.Limits(500, 1000, 1 << 20),
            InstantSource.fixed(Instant.ofEpochMilli(NOW)),
            Registrations.NOBODY);
    Registrations.make(store);
    event(1, 1, NOW);
    event(2, 2, NOW);
    event(FAR, 1, NOW + 60_000); // another server's, whose clock is ahead
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void event(long id, long action, long time) {
    store
        .writer()
        .apply(
            session -> {
              var insert =
                  session.prepare(
                      "INSERT INTO events (id, action_id, payload, timestamped)"
                          + " VALUES (?, ?, '{}', ?)");
              insert.setLong(1, id);
              insert.setLong(2, action);
              insert.setLong(3, time);
              return insert.executeUpdate();
            })
        .join();
  }

  private void record(DeliveryRow.State state, long time, long... events) {
    List<DeliveryRow> rows =
        LongStream.of(events)
            .mapToObj(event -> new DeliveryRow(1, event, state, 1, null, 200, null, time))
            .toList();
    store.writer().apply(RecordDeliveries.of(1, rows)).join();
  }

  private static ReplayRow of(DeliveryRow.State state) {
    return new ReplayRow(
        1, 1, ReplayRow.State.RUNNING, state, null, null, null, null, 10, 100, 0, 0, 0, NOW, null);
  }

  private List<Long> next(ReplayRow replay) {
    return store.replays().next(replay, null, 10).stream()
        .map(candidate -> DeliveryRow.eventOf(candidate.delivery()))
        .toList();
  }

  @Test
  void whatWasDeliveredIsFoundHoweverFarApart() {
    record(DeliveryRow.State.DELIVERED, NOW, 1, 2, FAR);
    ReplayRow replay = of(DeliveryRow.State.DELIVERED);
    assertThat(next(replay)).containsExactly(1L, 2L, FAR);
    assertThat(store.replays().count(replay, null)).isEqualTo(3);
    assertThat(store.replays().count(replay, List.of(1L))).isEqualTo(2);
    assertThat(next(replay.moved(1, DeliveryRow.id(1, 2)))).containsExactly(FAR);
  }

  @Test
  void whatDiedByAClockAheadIsReplayedNow() {
    record(DeliveryRow.State.DEAD, NOW + 60_000, 1, FAR);
    ReplayRow replay = of(DeliveryRow.State.DEAD);
    assertThat(next(replay)).containsExactly(1L, FAR);
    ReplayRow begun = store.writer().apply(ReplayChanges.begin(replay, 2)).join().orElseThrow();
    List<OpenDelivery> moved =
        store
            .writer()
            .apply(ReplayChanges.move(begun, store.replays().next(begun, null, 10)))
            .join();
    assertThat(moved).extracting(OpenDelivery::due).containsExactly(NOW, NOW);
  }

  /** A page ends after so many ids, whatever is in it, and the next goes on from there. */
  @Test
  void aRareActionIsLookedForInSteps() {
    event(2 + EventReader.WALK, 2, NOW); // where no id was given, one step is enough
    event(2 + 2 * EventReader.WALK, 2, NOW);
    List<Long> found = new ArrayList<>();
    long at = 1;
    int pages = 0;
    while (at < FAR) {
      EventReader.Walk page = store.events().page(at, FAR, List.of(1L), 10);
      assertThat(page.end()).isGreaterThan(at).isLessThanOrEqualTo(at + EventReader.WALK);
      page.events().forEach(event -> found.add(event.id()));
      at = page.end();
      pages++;
    }
    assertThat(found).containsExactly(FAR);
    assertThat(pages).isEqualTo(3);
  }
}
