package io.amebobridge.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.server.Engine;
import io.amebobridge.server.OnEveryDatabase;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** How lists of what is not delivered are read: not past all that is. */
@OnEveryDatabase
class DeliveryPlanTest {
  @Parameter Engine engine;
  @TempDir Path dir;

  @Test
  void theDeadAndTheOpenAreFoundByTheirIndex() {
    LogWriter.Limits limits = new LogWriter.Limits(500, 50_000, 64 << 20);
    Dsn dsn = Dsn.parse(engine.migratedDsn(dir));
    try (Store store = Store.open(dsn, limits, InstantSource.system(), Registrations.NOBODY)) {
      Registrations.make(store);
      assertThat(plan(store, filter(null, DeliveryRow.State.DEAD, null)))
          .contains("deliveries_open");
      assertThat(plan(store, filter(false, null, null))).contains("deliveries_open");
      assertThat(plan(store, filter(null, DeliveryRow.State.RETRYING, 1L)))
          .contains("deliveries_open");
    }
  }

  private static DeliveryFilter filter(
      @Nullable Boolean completed, DeliveryRow.@Nullable State state, @Nullable Long subscription) {
    return new DeliveryFilter(null, completed, state, null, null, subscription, null, null, null);
  }

  private String plan(Store store, DeliveryFilter filter) {
    SqlFilter conditions = DeliveryReader.conditions(filter);
    boolean sqlite = engine == Engine.SQLITE;
    return store
        .jdbi()
        .withHandle(
            handle -> {
              if (!sqlite) {
                handle.execute("SET enable_seqscan = off"); // which is best for a table of nothing
              }
              Query query =
                  handle.createQuery(
                      (sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ")
                          + DeliveryReader.list(filter, conditions));
              int position = conditions.bind(query);
              query.bind(position, 15).bind(position + 1, 0L);
              List<String> lines =
                  query
                      .map((row, context) -> row.getString(sqlite ? "detail" : "QUERY PLAN"))
                      .list();
              return String.join("\n", lines);
            });
  }
}
