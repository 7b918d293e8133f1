package io.amebobridge.server.store;

import javax.sql.DataSource;

/**
 * What a start may do to the schema. Thread-safe.
 *
 * @param allowed false: the server starts only where the schema is current
 * @param backup made before what alters data
 */
public record Migrations(boolean allowed, Schema.Backup backup) {
  /** For databases that hold nothing yet. */
  static Migrations withoutBackup() {
    return new Migrations(
        true,
        version -> {
          throw new java.io.IOException(
              "version " + version + " alters data, and no backup is made");
        });
  }

  void apply(DataSource database, Dialect dialect) {
    Schema schema = new Schema(database, dialect.migrations());
    if (!SchemaHistory.isCurrent(database, dialect.migrations())) {
      if (allowed) {
        schema.migrate(backup);
      } else {
        schema.requireCurrent();
      }
    }
    schema.refuseUnfinishedImport();
  }
}
