package io.amebobridge.server.admin;

import io.amebobridge.server.store.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backup before a migration that alters data: a copy beside a SQLite file, an export of a
 * PostgreSQL database in the data directory. Checked against what is there before anything is
 * altered.
 */
final class MigrationBackup implements Schema.Backup {
  private static final Logger log = LoggerFactory.getLogger(MigrationBackup.class);
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private final KeptDatabase database;
  private final InstantSource clock;

  MigrationBackup(KeptDatabase database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  @Override
  public void before(String version) throws IOException, SQLException {
    Path file = database.backupBeforeMigration(version, stamp(clock.instant()));
    if (database instanceof KeptSqlite sqlite) {
      compare(file, SqliteFiles.copy(sqlite, file));
    } else {
      try {
        Files.createDirectories(file.toAbsolutePath().getParent());
      } catch (IOException e) {
        throw new IOException(
            "cannot make "
                + file.getParent()
                + "; run this where it can be made, or make a backup with pg_dump and run:"
                + " amebo db migrate --no-backup",
            e);
      }
      Exports.toFile(database, file, true, Progress.NONE);
    }
    log.atInfo()
        .addKeyValue("version", version)
        .addKeyValue("file", file)
        .log("A backup was made before a migration that alters data");
  }

  private void compare(Path file, Map<String, Long> copied) throws SQLException {
    try (Connection connection = database.snapshot()) {
      Map<String, Long> there = SqliteFiles.counts(database, connection);
      if (!there.equals(copied)) {
        throw new AdminException(
            "the backup " + file + " has " + copied + " rows, the database " + there);
      }
    }
  }

  static String stamp(Instant at) {
    return STAMP.format(at);
  }
}
