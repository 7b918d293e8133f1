package io.amebobridge.server.admin;

import io.amebobridge.server.store.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is in a database.
 *
 * @param schemaKnown the version this program brings
 * @param schemaApplied the version the database has; 0 where it has none
 * @param newer whether only a newer program knows its schema
 * @param counts null where there is no schema yet
 * @param bytes on the disk
 * @param oldestEvent null where there is no event
 * @param secretFingerprint of the AMEBO_SECRET that the stored secrets open with
 * @param unfinishedImport when an import began that did not finish
 */
public record DatabaseInfo(
    String engine,
    String location,
    String schemaKnown,
    String schemaApplied,
    boolean newer,
    List<Schema.Step> migrations,
    @Nullable Counts counts,
    long bytes,
    @Nullable Event oldestEvent,
    @Nullable Event newestEvent,
    @Nullable String secretFingerprint,
    @Nullable String unfinishedImport) {
  public DatabaseInfo {
    migrations = List.copyOf(migrations);
  }

  /**
   * How many there are.
   *
   * @param subscriptions without those that ended
   * @param openDeliveries to be tried again, or waiting for their hour
   * @param deadDeliveries given up
   */
  public record Counts(
      long applications,
      long actions,
      long events,
      long subscriptions,
      long openDeliveries,
      long deadDeliveries) {}

  /** An event by its id and time. */
  public record Event(long id, Instant at) {}

  /** Migrations that are not applied. */
  public long pending() {
    return migrations.stream().filter(step -> step.state() == Schema.State.PENDING).count();
  }
}
