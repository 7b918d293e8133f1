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

  /** Called after the commit and before the caller is answered. */
  default void committed(T result) {}
}
