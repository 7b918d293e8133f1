package io.amebobridge.server.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.jspecify.annotations.Nullable;

/**
 * A database's schema: brought to this program's version, never beyond and never back. A migration
 * whose first line is {@code -- alters data} changes or removes what is stored, and is preceded by
 * a backup. Thread-safe.
 */
public final class Schema {
  /** Where the migrations of SQLite are. */
  public static final String SQLITE = "classpath:db/migration/sqlite";

  /** Where the migrations of PostgreSQL are. */
  public static final String POSTGRESQL = "classpath:db/migration/postgresql";

  /** The setting that is there while an import is not complete. */
  public static final String UNFINISHED_IMPORT = "unfinished_import";

  /** The setting that is another one once all data was replaced. */
  public static final String INCARNATION = "incarnation";

  /** A value in SQL: how often what is registered has changed. */
  public static final String REGISTRY_VERSION =
      "coalesce((SELECT CAST(value AS BIGINT) FROM settings WHERE name = 'registry'), 0)";

  private static final String ALTERS_DATA = "-- alters data";

  /** Whether a step was taken. */
  public enum State {
    APPLIED,
    PENDING,
    FAILED,
    NEWER
  }

  /**
   * One migration.
   *
   * @param appliedAt when; null where it is pending
   */
  public record Step(
      String version,
      String description,
      State state,
      @Nullable Instant appliedAt,
      boolean altersData) {}

  /** Saves what a migration is about to alter. */
  @FunctionalInterface
  public interface Backup {
    /**
     * Makes a backup, or throws: then nothing is migrated.
     *
     * @param version the first one that alters data
     */
    void before(String version) throws IOException, SQLException;
  }

  private final DataSource database;
  private final List<String> locations;

  /**
   * Opens nothing yet.
   *
   * @param locations where Flyway finds the migrations
   */
  public Schema(DataSource database, String... locations) {
    this.database = database;
    this.locations = List.of(locations);
  }

  /** All migrations, known or applied, in their order. Writes nothing. */
  public List<Step> steps() {
    return Arrays.stream(flyway().info().all()).map(this::step).toList();
  }

  /** The newest version this program knows, applied or not. */
  public String known() {
    return last(steps().stream().filter(step -> step.state() != State.NEWER).toList());
  }

  /** The newest applied version; 0 where there is none. */
  public String applied() {
    return last(steps().stream().filter(step -> step.appliedAt() != null).toList());
  }

  private static String last(List<Step> steps) {
    return steps.isEmpty() ? "0" : steps.get(steps.size() - 1).version();
  }

  /** What {@link #migrate} would apply. */
  public List<Step> pending() {
    return steps().stream().filter(step -> step.state() == State.PENDING).toList();
  }

  /**
   * Applies what is pending.
   *
   * @return what was applied
   * @throws StoreException.Failed where the schema is newer than this program, a migration or the
   *     backup before it failed: the schema is then as it was before the one that failed
   */
  public List<Step> migrate(Backup backup) {
    refuseNewer();
    List<Step> pending = pending();
    boolean anything = !applied().equals("0");
    try {
      for (Step step : pending) {
        if (anything && step.altersData()) {
          backup.before(step.version());
          break;
        }
      }
    } catch (IOException | SQLException | RuntimeException e) {
      throw new StoreException.Failed(
          "nothing was migrated, since the backup before it failed: " + e.getMessage(), e);
    }
    try {
      flyway().migrate();
    } catch (FlywayException e) {
      throw new StoreException.Failed(
          "the schema stays at version " + applied() + ", since a migration failed: " + cause(e),
          e);
    }
    return pending;
  }

  /**
   * Changes nothing.
   *
   * @throws StoreException.Failed where the schema is not this program's
   */
  public void requireCurrent() {
    refuseNewer();
    List<Step> pending = pending();
    if (!pending.isEmpty()) {
      throw new StoreException.Failed(
          "the database's schema is version "
              + applied()
              + " and this program needs "
              + known()
              + ", but migrating at the start is turned off; run: amebo db migrate",
          null);
    }
  }

  /** Refuses a schema that only a newer program knows. */
  public void refuseNewer() {
    steps().stream()
        .filter(step -> step.state() == State.NEWER)
        .findFirst()
        .ifPresent(
            newer -> {
              throw new StoreException.Failed(
                  "the database's schema is version "
                      + newer.version()
                      + ", newer than this program knows; use the program that wrote it, or a"
                      + " newer one",
                  null);
            });
  }

  /** Refuses a database that an import left in the middle. */
  public void refuseUnfinishedImport() {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT value FROM settings WHERE name = '" + UNFINISHED_IMPORT + "'")) {
      if (row.next()) {
        throw new StoreException.Failed(
            "an import into this database began at "
                + row.getString(1)
                + " and did not finish; repeat it with: amebo db import --force",
            null);
      }
    } catch (SQLException e) {
      throw new StoreException.Failed("cannot read the settings: " + e.getMessage(), e);
    }
  }

  private Flyway flyway() {
    return Flyway.configure(Schema.class.getClassLoader())
        .dataSource(database)
        .locations(locations.toArray(String[]::new))
        .cleanDisabled(true)
        .load();
  }

  private Step step(MigrationInfo info) {
    java.util.Date at = info.getInstalledOn();
    State state =
        switch (info.getState()) {
          case FUTURE_SUCCESS, FUTURE_FAILED -> State.NEWER;
          case FAILED, MISSING_FAILED -> State.FAILED;
          default -> info.getState().isApplied() ? State.APPLIED : State.PENDING;
        };
    return new Step(
        String.valueOf(info.getVersion()),
        info.getDescription(),
        state,
        at == null ? null : at.toInstant(),
        state != State.NEWER && altersData(info.getScript()));
  }

  private boolean altersData(String script) {
    return locations.stream()
        .map(location -> location.substring("classpath:".length()) + "/" + script)
        .anyMatch(Schema::saysItAltersData);
  }

  private static boolean saysItAltersData(String path) {
    try (InputStream in = Schema.class.getClassLoader().getResourceAsStream(path)) {
      if (in == null) {
        return false;
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      return ALTERS_DATA.equals(lines.readLine());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }

  /** What is wrong, on one line: Flyway's own text has six. */
  public static String why(Exception e) {
    return e instanceof FlywayException ? cause(e) : String.valueOf(e.getMessage());
  }

  private static String cause(Throwable e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return String.valueOf(deepest.getMessage());
  }
}
