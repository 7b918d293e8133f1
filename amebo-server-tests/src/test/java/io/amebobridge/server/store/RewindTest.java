package io.amebobridge.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.server.Engine;
import io.amebobridge.server.OnEveryDatabase;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

@OnEveryDatabase
class RewindTest {
  @Parameter Engine engine;
  @TempDir Path dir;
  private Store store;

  @BeforeEach
  void open() {
    store =
        Store.open(
            Dsn.parse(engine.migratedDsn(dir)),
            new LogWriter.Limits(500, 1000, 1 << 20),
            InstantSource.system(),
            Registrations.NOBODY);
    Registrations.make(store);
    store
        .writer()
        .apply(
            session ->
                session
                    .prepare(
                        "INSERT INTO subscriptions (id, application_id, action, handler,"
                            + " max_retries, envelope, passphrase, cursor, reached, timestamped)"
                            + " VALUES (1, 1, 'x', '/h', 3, FALSE, FALSE, 20, 20, 0)")
                    .executeUpdate())
        .join();
  }

  @AfterEach
  void close() {
    store.close();
  }

  /** The first has taken rows above its place already; the second would leave a gap. */
  @Test
  void aSecondOneIsRefusedWhileTheFirstIsUnderWay() {
    assertThat(want(5)).contains(new Rewind.Wanted(20, 5));
    assertThat(want(15)).isEmpty();
    Rewind.finish(store, 1, 5, Fence.NONE);
    assertThat(want(15)).contains(new Rewind.Wanted(5, 15));
  }

  private Optional<Rewind.Wanted> want(long to) {
    return store.writer().apply(session -> Rewind.want(session, 1, to)).join();
  }

  /** Ranges of the log without a row of its own are walked too, and pruned ones passed. */
  @Test
  void rowsFarApartGo() {
    long far = 50 * DeliveryReader.WALK;
    List<DeliveryRow> rows =
        LongStream.of(1, 2, far, far + 1)
            .mapToObj(
                event ->
                    new DeliveryRow(1, event, DeliveryRow.State.DELIVERED, 1, null, 200, null, 0))
            .toList();
    store.writer().apply(RecordDeliveries.of(1, rows)).join();
    assertThat(store.deliveries().rowsAfter(1, DeliveryRow.id(1, 1), 10))
        .containsExactly(DeliveryRow.id(1, 2), DeliveryRow.id(1, far), DeliveryRow.id(1, far + 1));
    assertThat(store.deliveries().rowsAfter(1, 0, 3)).hasSize(3);
    assertThat(store.deliveries().rowsAfter(2, 0, 3)).isEmpty();
  }
}
