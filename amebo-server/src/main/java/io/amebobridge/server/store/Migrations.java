package io.amebobridge.server.store;

import java.util.Arrays;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;

/** Brings the schema to this program's version, never beyond and never back. */
final class Migrations {
  private Migrations() {}

  static void run(DataSource database, Dialect dialect) {
    Flyway flyway =
        Flyway.configure(Migrations.class.getClassLoader())
            .dataSource(database)
            .locations(dialect.migrations())
            .cleanDisabled(true)
            .load();
    Arrays.stream(flyway.info().applied())
        .filter(applied -> isNewer(applied.getState()))
        .findFirst()
        .ifPresent(
            newer -> {
              throw new StoreException.Failed(refusal(newer), null);
            });
    flyway.migrate();
  }

  private static boolean isNewer(MigrationState state) {
    return state == MigrationState.FUTURE_SUCCESS || state == MigrationState.FUTURE_FAILED;
  }

  private static String refusal(MigrationInfo newer) {
    return "the database's schema is version "
        + newer.getVersion()
        + ", newer than this program knows; use the program that wrote it, or a newer one";
  }
}
