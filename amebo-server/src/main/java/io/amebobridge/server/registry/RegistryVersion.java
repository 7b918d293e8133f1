package io.amebobridge.server.registry;

import io.amebobridge.server.store.Schema;
import io.amebobridge.server.store.WriteSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Jdbi;

/**
 * Counts what is registered: in the database, where every change adds one, and in memory. Guarded
 * by the registry's lock, but for {@link #revision}.
 */
final class RegistryVersion {
  private static final String BUMP =
      "INSERT INTO settings (name, value) VALUES ('registry', '1') ON CONFLICT (name) DO UPDATE"
          + " SET value = CAST(CAST(settings.value AS BIGINT) + 1 AS TEXT) RETURNING value";
  private long complete = -1; // nothing was read yet
  private long own;
  private final AtomicLong revision = new AtomicLong();

  /** Adds one, in the transaction that changes what is registered. */
  static long bump(WriteSession session) throws SQLException {
    PreparedStatement upsert = session.prepare(BUMP);
    try (ResultSet row = upsert.executeQuery()) {
      row.next();
      return Long.parseLong(row.getString(1));
    }
  }

  static long read(Jdbi jdbi) {
    return jdbi.withHandle(
        handle -> handle.createQuery("SELECT " + Schema.REGISTRY_VERSION).mapTo(Long.class).one());
  }

  /** Memory has this change of its own; others before it may be missing. */
  void changed(long version) {
    own = Math.max(own, version);
    if (version == complete + 1) {
      complete = version;
    }
    revision.incrementAndGet();
  }

  /** Memory has everything up to this version. */
  void complete(long version) {
    complete = version;
    revision.incrementAndGet();
  }

  /**
   * Whether rows read at this version say more than memory, and do not miss a change of its own.
   */
  boolean isBehind(long version) {
    return version > complete && version >= own;
  }

  /** The database's version that memory has in full. */
  long complete() {
    return complete;
  }

  /** Changes with everything that changes in memory. From any thread. */
  long revision() {
    return revision.get();
  }
}
