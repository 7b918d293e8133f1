package io.amebobridge.server.admin;

import io.amebobridge.client.Secret;
import io.amebobridge.server.ServerConfig;
import io.amebobridge.server.security.SecretBox;
import io.amebobridge.server.security.ServerSecrets;
import io.amebobridge.server.store.Dsn;
import io.amebobridge.server.store.Migrations;
import io.amebobridge.server.store.Schema;
import io.amebobridge.server.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * A database as its keeper sees it: looked at, migrated, backed up, moved. Thread-safe; everything
 * blocks. Every method throws {@link AdminException} or {@link StoreException} with the reason and
 * the remedy, and leaves the database as it was unless it says otherwise.
 */
public final class DatabaseAdmin {
  private static final Secret NO_SECRET = Secret.of("what a dry run seals is thrown away");
  private final ServerConfig config;
  private final KeptDatabase database;

  /** Opens nothing yet. */
  public DatabaseAdmin(ServerConfig config) {
    this.config = config;
    this.database = KeptDatabase.of(config.database(), config.keptSecrets().getParent());
  }

  /**
   * What a server may do to this database's schema when it starts.
   *
   * @param allowed false: it starts only where the schema is current
   */
  public Migrations migrations(boolean allowed) {
    return new Migrations(allowed, new MigrationBackup(database, config.clock()));
  }

  /** What is in it; a running server is not disturbed. */
  public DatabaseInfo info() {
    return act("cannot read " + database.location(), () -> Inspection.of(existing()));
  }

  /**
   * Brings the schema to this program's version.
   *
   * @param backup whether one is made before a migration that alters data
   * @return what was applied
   */
  public List<Schema.Step> migrate(boolean backup) {
    Schema.Backup before = backup ? new MigrationBackup(database, config.clock()) : version -> {};
    Act<List<Schema.Step>> act = () -> database.schema().migrate(before);
    String failed = "cannot migrate " + database.location();
    // Flyway locks PostgreSQL by itself, and servers of the release before go on meanwhile.
    return database instanceof KeptSqlite ? alone(failed, act) : beside(failed, act);
  }

  /**
   * Writes one consistent state into a file, checks it, and only then gives it its name; servers go
   * on meanwhile. AMEBO_SECRET is not in it.
   *
   * @param over whether a file of that name may be replaced
   * @return the rows of each table
   */
  public Map<String, Long> backup(Path file, boolean over, Progress progress) {
    return beside(
        "cannot back up " + database.location(),
        () -> {
          OutputFile.check(file, own(), over);
          existing().schema().refuseNewer();
          return database instanceof KeptSqlite sqlite
              ? SqliteFiles.copy(sqlite, file.toAbsolutePath())
              : Exports.toFile(database, file.toAbsolutePath(), true, progress);
        });
  }

  /**
   * What {@link #restore} or {@link #read} did.
   *
   * @param counts the rows of each table
   * @param aside where the old database is kept; null where there was none
   * @param secretMatches whether this place's AMEBO_SECRET opens the stored secrets; null where one
   *     of them is not known
   */
  public record Restored(
      Map<String, Long> counts, @Nullable Path aside, @Nullable Boolean secretMatches) {}

  /**
   * Puts a backup in the database's place.
   *
   * @param force whether what is there may go: a SQLite file is kept under another name, what is in
   *     PostgreSQL is deleted
   */
  public Restored restore(Path file, boolean force, Progress progress) {
    return alone(
        "cannot restore " + database.location(),
        () -> {
          Restore.Done done = new Restore(database, file, force, progress).run();
          return new Restored(done.counts(), done.aside(), secretMatches(done.fingerprint()));
        });
  }

  /** The database's files, and those of the secrets beside it. */
  private List<Path> own() {
    Path kept = config.keptSecrets();
    List<Path> own = new ArrayList<>(database.files());
    own.add(kept.resolveSibling(kept.getFileName() + ".secret"));
    own.add(kept.resolveSibling(kept.getFileName() + ".password"));
    return own;
  }

  /**
   * Writes all data as lines of JSON; the stream stays open.
   *
   * @return the rows of each table
   */
  public Map<String, Long> export(OutputStream out, Progress progress) {
    return beside(
        "cannot export " + database.location(),
        () -> {
          existing().schema().refuseNewer();
          return new Export(database, progress).to(out);
        });
  }

  /**
   * Writes all data as lines of JSON into a file, reads it again, and only then gives it its name.
   *
   * @param over whether a file of that name may be replaced
   * @return the rows of each table
   */
  public Map<String, Long> export(Path file, boolean over, Progress progress) {
    return beside(
        "cannot export " + database.location(),
        () -> {
          OutputFile.check(file, own(), over);
          existing().schema().refuseNewer();
          return Exports.toFile(database, file.toAbsolutePath(), false, progress);
        });
  }

  /**
   * Fills an empty database with an export. Where it fails, no server starts on the database until
   * it was repeated.
   *
   * @param force whether what an unfinished import left may go
   */
  public Restored read(InputStream in, boolean force, Progress progress) {
    return alone(
        "cannot import into " + database.location(),
        () -> {
          ExportReader reader = new ExportReader(Ndjson.open(in));
          Map<String, Long> counts =
              new Import(database, progress)
                  .from(reader, force ? Import.Over.UNFINISHED : Import.Over.EMPTY, GivenIds.NONE);
          return new Restored(counts, null, secretMatches(reader.header().fingerprint()));
        });
  }

  /**
   * Fills an empty database with what an upstream Amebo has in its own. Where it fails, no server
   * starts on the database until it was repeated.
   *
   * @param upstream the other database, a PostgreSQL one with a schema {@code _amebo_} or a SQLite
   *     file; it is only read
   * @param force whether what an unfinished import left may go
   * @param dryRun whether nothing is written
   */
  public UpstreamReport readUpstream(
      Dsn upstream, boolean force, boolean dryRun, Progress progress) {
    KeptDatabase from = KeptDatabase.of(upstream, config.keptSecrets().getParent());
    String failed = "cannot import " + from.location() + " into " + database.location();
    Secret secret = secret(!dryRun);
    UpstreamMove move =
        new UpstreamMove(
            from, database, new SecretBox(secret == null ? NO_SECRET : secret), progress);
    return dryRun
        ? act(failed, move::dryRun)
        : alone(failed, () -> move.run(force ? Import.Over.UNFINISHED : Import.Over.EMPTY));
  }

  /** AMEBO_SECRET, as a server with this configuration takes it. */
  private @Nullable Secret secret(boolean make) {
    return ServerSecrets.secretOf(config.keptSecrets(), config.secret(), make);
  }

  /** A server takes what the previous one opens, too. */
  private @Nullable Boolean secretMatches(@Nullable String stored) {
    Boolean byThis = Fingerprints.match(stored, secret(false));
    Secret previous = ServerSecrets.previous(config.previousSecret());
    if (previous != null && Boolean.TRUE.equals(Fingerprints.match(stored, previous))) {
      return true;
    }
    return byThis;
  }

  private KeptDatabase existing() throws SQLException {
    if (!database.exists()) {
      throw new AdminException("there is no database " + database.location());
    }
    return database;
  }

  private interface Act<T> {
    T run() throws IOException, SQLException;
  }

  /** While no server has it, and no other verb. */
  private <T> T alone(String failed, Act<T> act) {
    return act(failed, () -> held(database.hold(), act));
  }

  /** While nobody replaces all data. */
  private <T> T beside(String failed, Act<T> act) {
    return act(failed, () -> held(database.share(), act));
  }

  private static <T> T held(KeptDatabase.Hold hold, Act<T> act) throws IOException, SQLException {
    try {
      return act.run();
    } finally {
      hold.close();
    }
  }

  private static <T> T act(String failed, Act<T> act) {
    try {
      return act.run();
    } catch (IOException | SQLException | UncheckedIOException | FlywayException e) {
      throw AdminException.because(failed, e);
    }
  }
}
