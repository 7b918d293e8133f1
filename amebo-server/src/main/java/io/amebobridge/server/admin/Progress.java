package io.amebobridge.server.admin;

/** Told how far a long act has come, on the caller's thread, every few hundred rows. */
@FunctionalInterface
public interface Progress {
  Progress NONE = (table, rows) -> {};

  /**
   * So many rows are done.
   *
   * @param table the one at work
   * @param rows of all tables
   */
  void at(String table, long rows);
}
