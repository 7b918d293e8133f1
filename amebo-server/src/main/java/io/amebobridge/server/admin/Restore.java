package io.amebobridge.server.admin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a backup in the place of a database that is held, after it was checked. */
final class Restore {
  private static final Logger log = LoggerFactory.getLogger(Restore.class);
  private static final byte[] SQLITE = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private final KeptDatabase database;
  private final Path backup;
  private final boolean force;
  private final Progress progress;

  Restore(KeptDatabase database, Path backup, boolean force, Progress progress) {
    this.database = database;
    this.backup = backup;
    this.force = force;
    this.progress = progress;
  }

  /**
   * What was done.
   *
   * @param counts the rows of each table
   * @param aside where the old database is kept; null where there was none
   * @param fingerprint of the secret that the stored secrets open with
   */
  record Done(Map<String, Long> counts, @Nullable Path aside, @Nullable String fingerprint) {}

  Done run() throws IOException, SQLException {
    if (!Files.isRegularFile(backup)) {
      throw new AdminException("there is no backup " + backup);
    }
    return database instanceof KeptSqlite sqlite ? toSqlite(sqlite) : toPostgres();
  }

  private Done toSqlite(KeptSqlite sqlite) throws IOException, SQLException {
    if (sqlite.exists() && !force) {
      throw new AdminException(
          sqlite.file() + " exists; --force keeps it under another name and restores");
    }
    GivenIds replaced = given(sqlite);
    KeptSqlite fresh = new KeptSqlite(sqlite.beside(".restoring"));
    SqliteFiles.remove(fresh.file());
    try {
      if (isSqlite()) {
        copy(fresh.file());
      } else {
        try (InputStream in = Ndjson.open(Files.newInputStream(backup))) {
          new Import(fresh, progress).from(new ExportReader(in), Import.Over.EMPTY, replaced);
        }
        SqliteFiles.settle(fresh);
      }
      Map<String, Long> counts = SqliteFiles.check(fresh);
      String fingerprint = checkSchema(fresh);
      if (isSqlite()) {
        skip(fresh, replaced);
      }
      SqliteFiles.settle(fresh);
      Path aside = sqlite.exists() ? aside(sqlite) : null;
      SqliteFiles.replace(sqlite, fresh.file(), aside == null ? sqlite.beside(".replaced") : aside);
      return new Done(counts, aside, fingerprint);
    } finally {
      SqliteFiles.remove(fresh.file());
    }
  }

  /** A name that nothing has: two restores may come in one second. */
  private static Path aside(KeptSqlite replaced) {
    String suffix = ".replaced." + MigrationBackup.stamp(Instant.now());
    Path aside = replaced.beside(suffix);
    for (int i = 2; Files.exists(aside); i++) {
      aside = replaced.beside(suffix + "-" + i);
    }
    return aside;
  }

  /** What is replaced may be damaged: that is why it is. */
  private static GivenIds given(KeptSqlite replaced) {
    if (!replaced.exists()) {
      return GivenIds.NONE;
    }
    try (Connection connection = replaced.snapshot()) {
      return GivenIds.of(replaced, connection);
    } catch (SQLException | NumberFormatException e) {
      log.atWarn()
          .addKeyValue("database", replaced.file())
          .setCause(e)
          .log("What is replaced cannot be read; how far its ids went is estimated");
      return GivenIds.NONE;
    }
  }

  private static void skip(KeptSqlite fresh, GivenIds replaced) throws SQLException {
    try (Connection connection = fresh.writable()) {
      replaced.skip(fresh, connection);
      connection.commit();
    }
  }

  private boolean isSqlite() throws IOException {
    try (InputStream in = Files.newInputStream(backup)) {
      return Arrays.equals(in.readNBytes(SQLITE.length), SQLITE);
    }
  }

  private void copy(Path fresh) throws IOException {
    Path log = backup.resolveSibling(backup.getFileName() + "-wal");
    if (Files.exists(log) && Files.size(log) > 0) {
      throw new AdminException(
          backup
              + " has a write-ahead log beside it: it is a database in use, not a backup; make one"
              + " with: amebo db backup");
    }
    Files.copy(backup, fresh);
  }

  /** A backup of an older schema is fine: the next start migrates it. */
  private @Nullable String checkSchema(KeptSqlite fresh) throws SQLException {
    fresh.schema().refuseNewer();
    try (Connection connection = fresh.snapshot()) {
      if (!fresh.tables(connection).contains("settings")) {
        throw new AdminException(backup + " is a SQLite file, but not a backup of Amebo");
      }
      if (Markers.get(connection, Markers.IMPORT) != null) {
        throw new AdminException(backup + " was made of a database whose import did not finish");
      }
      return Fingerprints.stored(connection);
    }
  }

  private Done toPostgres() throws IOException, SQLException {
    if (isSqlite()) {
      throw new AdminException(
          backup
              + " is a SQLite file; bring it into PostgreSQL with: amebo db export --dsn sqlite:"
              + backup
              + " | amebo db import --dsn "
              + database.location());
    }
    Exports.check(backup); // before anything is taken out
    try (InputStream in = Ndjson.open(Files.newInputStream(backup))) {
      ExportReader reader = new ExportReader(in);
      Map<String, Long> counts =
          new Import(database, progress)
              .from(reader, force ? Import.Over.ANYTHING : Import.Over.EMPTY, GivenIds.NONE);
      return new Done(counts, null, reader.header().fingerprint());
    }
  }
}
