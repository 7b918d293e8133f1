package io.amebobridge.server;

import io.amebobridge.brokers.PostgresProcess;
import io.amebobridge.server.admin.DatabaseAdmin;
import io.amebobridge.server.store.SqliteLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/** A database that tests run on. */
public enum Engine {
  SQLITE {
    @Override
    public String dsn(Path dir) {
      return "sqlite:" + dir.resolve("data/amebo.db");
    }

    @Override
    public String migratedDsn(Path dir) {
      try {
        String dsn = dsn(dir);
        Path file = Path.of(dsn.substring("sqlite:".length()));
        Files.createDirectories(file.getParent());
        Files.write(file, SqliteTemplate.FILE, StandardOpenOption.CREATE_NEW);
        return dsn;
      } catch (IOException e) {
        throw new UncheckedIOException("no database for the test", e);
      }
    }

    @Override
    public Connection connect(String dsn) throws SQLException {
      return DriverManager.getConnection("jdbc:" + dsn);
    }

    @Override
    public String contents(String dsn) throws SQLException, IOException {
      StringBuilder all = new StringBuilder();
      Path file = Path.of(dsn.substring("sqlite:".length()));
      try (Stream<Path> files = Files.list(file.getParent())) {
        for (Path each : files.toList()) {
          all.append(Files.readString(each, StandardCharsets.ISO_8859_1));
        }
      }
      return all.toString();
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

    @Override
    public String migratedDsn(Path dir) {
      try {
        return PostgresProcess.shared().copyDatabase(PostgresTemplate.NAME);
      } catch (IOException | SQLException e) {
        throw new AssertionError("no database for the test", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }

    @Override
    public Connection connect(String dsn) throws SQLException {
      try {
        return PostgresProcess.shared().connect(dsn.substring(dsn.lastIndexOf('/') + 1));
      } catch (IOException e) {
        throw new AssertionError("no database", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }

    @Override
    public String contents(String dsn) throws SQLException {
      try (Connection connection = connect(dsn);
          ResultSet row =
              connection.createStatement().executeQuery("SELECT database_to_xml(true, true, '')")) {
        row.next();
        return row.getString(1);
      }
    }
  };

  /**
   * A new, empty database.
   *
   * @param dir the test's own directory, for SQLite's files
   */
  public abstract String dsn(Path dir);

  /** A new database that has its tables and nothing in them: a copy, which is made sooner. */
  public abstract String migratedDsn(Path dir);

  /** A session of the test's own in a database of {@link #dsn}. */
  public abstract Connection connect(String dsn) throws SQLException;

  /** All that is in it, as text. */
  public abstract String contents(String dsn) throws SQLException, IOException;

  /** What is copied; made once. */
  private static final class SqliteTemplate {
    static final byte[] FILE = file();

    private static byte[] file() {
      try {
        Path dir = Files.createTempDirectory("migrated");
        Path file = dir.resolve("amebo.db");
        new DatabaseAdmin(ServerConfig.of("sqlite:" + file)).migrate(false);
        byte[] all = Files.readAllBytes(file); // whoever closed it last has emptied the WAL
        for (Path each : List.of(SqliteLock.of(file), file, dir)) Files.deleteIfExists(each);
        return all;
      } catch (IOException e) {
        throw new UncheckedIOException("no database to copy", e);
      }
    }
  }

  /** The same. */
  private static final class PostgresTemplate {
    static final String NAME = name();

    private static String name() {
      String dsn = POSTGRES.dsn(Path.of(""));
      new DatabaseAdmin(ServerConfig.of(dsn)).migrate(false);
      return dsn.substring(dsn.lastIndexOf('/') + 1);
    }
  }
}
