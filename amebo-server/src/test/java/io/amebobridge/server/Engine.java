package io.amebobridge.server;

import io.amebobridge.brokers.PostgresProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/** A database that tests run on. */
public enum Engine {
  SQLITE {
    @Override
    public String dsn(Path dir) {
      return "sqlite:" + dir.resolve("data/amebo.db");
    }
  },
  POSTGRES {
    @Override
    public String dsn(Path dir) {
      try {
        return PostgresProcess.shared().createDatabase();
      } catch (IOException | SQLException e) {
        throw new AssertionError("no database for the test", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }
  };

  /**
   * A new, empty database.
   *
   * @param dir the test's own directory, for SQLite's files
   */
  public abstract String dsn(Path dir);
}
