package io.amebobridge.server.store;

import java.sql.SQLException;

/** A change other than appended events. Both methods run on the writer's thread. */
@FunctionalInterface
public interface Change<T> {
  /**
   * Applies it. A RuntimeException undoes this change alone and is the caller's answer; an
   * SQLException fails the whole transaction.
   */
  T apply(WriteSession session) throws SQLException;

  /**
   * Whether it may be applied twice, and before or after events of the same group: then it costs
   * less. It throws a RuntimeException, if at all, before its first write; and where it is not
   * known whether it was committed, it fails with {@link StoreException.Failed} and is to be
   * applied again.
   */
  default boolean repeatable() {
    return false;
  }

  /** Called after the commit and before the caller is answered. */
  default void committed(T result) {}
}
