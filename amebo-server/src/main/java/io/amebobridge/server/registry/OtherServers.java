package io.amebobridge.server.registry;

import java.util.concurrent.CompletableFuture;

/** Other servers that register in the same database. Thread-safe. */
public interface OtherServers {
  /** For a server that has the database to itself. */
  OtherServers NONE = () -> CompletableFuture.completedFuture(null);

  /**
   * Completes once the registry has what was registered anywhere before this call; fails with a
   * StoreException where the database cannot be asked. Never blocks.
   */
  CompletableFuture<Void> look();
}
