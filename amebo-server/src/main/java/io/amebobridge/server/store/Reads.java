package io.amebobridge.server.store;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;

/** A pool of readers whose queries end in time. Thread-safe. */
final class Reads implements AutoCloseable {
  private final Database database;
  private final HikariDataSource pool;
  private final Jdbi jdbi;
  private final Duration limit;

  Reads(Database database, String name, int size, Duration limit) {
    this.database = database;
    this.limit = limit;
    this.pool = database.readers(name, size, limit);
    this.jdbi = Jdbi.create(pool);
  }

  /**
   * @throws StoreException.Busy where it takes too long
   */
  <T> T read(HandleCallback<T, RuntimeException> query) {
    return jdbi.withHandle(
        handle -> database.limited(handle.getConnection(), limit, () -> query.withHandle(handle)));
  }

  Jdbi jdbi() {
    return jdbi;
  }

  @Override
  public void close() {
    pool.close();
  }
}
