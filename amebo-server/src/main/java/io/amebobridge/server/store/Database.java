package io.amebobridge.server.store;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** Where a store's connections come from. Thread-safe. */
sealed interface Database extends AutoCloseable permits SqliteDatabase, PostgresDatabase {
  Dialect dialect();

  /** For the schema's migrations. */
  DataSource migrating();

  /** The writer's connection, ready, without auto-commit. */
  Connection writable() throws SQLException;

  /**
   * A pool that only reads.
   *
   * @param limit the longest that one query may take
   */
  HikariDataSource readers(String name, int size, Duration limit);

  /** Whether several servers may open it. */
  boolean shared();

  /**
   * A connection for one thread's own small statements, each a transaction by itself.
   *
   * @param limit the longest that one of them may take, whatever the network does
   */
  Connection session(Duration limit) throws SQLException;

  /**
   * Runs a query on a reader's connection within the limit, where the pool does not see to it.
   *
   * @throws StoreException.Busy where it took longer
   */
  <T> T limited(Connection connection, Duration limit, Supplier<T> query);

  /** How many bytes there is still room for; empty where that cannot be known. */
  OptionalLong room();

  /** Where it is, without passwords. */
  @Override
  String toString();

  @Override
  void close();
}
