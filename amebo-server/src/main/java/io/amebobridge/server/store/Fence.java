package io.amebobridge.server.store;

import java.sql.SQLException;

/** Keeps one server from writing what has become another's to write. Thread-safe. */
public interface Fence {
  /** For a server that has the database to itself. */
  Fence NONE =
      new Fence() {
        @Override
        public boolean open() {
          return true;
        }

        @Override
        public void check(WriteSession session) {}

        @Override
        public void refused() {}
      };

  /** Whether work may begin now; it may be closed for a while only. Never blocks. */
  boolean open();

  /**
   * Called on the writer's thread, in the transaction of what is fenced.
   *
   * @throws StoreException.LeaseLost where it is another's to write by now, for good
   */
  void check(WriteSession session) throws SQLException;

  /** A write was refused: whoever works behind this fence has stopped. */
  void refused();
}
