package io.amebobridge.server.admin;

import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.SkippedIds;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;

/**
 * Ids that a database has given. Receivers remember {@code webhook-id}s, which are made of them, so
 * what is put in its place must not give them to other events.
 *
 * @param event the last
 * @param subscription the last
 */
record GivenIds(long event, long subscription) {
  static final GivenIds NONE = new GivenIds(0, 0);

  /** What a database that is a minute old may have given since and lost. */
  static final long LEAST_SKIP = 1L << 28;

  /** More than a database is written to for long. */
  static final long EVENTS_A_SECOND = 10_000;

  static final long MOST_SKIPPED = 1L << 36;
  static final long SUBSCRIPTIONS_SKIPPED = 1_000;

  private static final String EVENT =
      "SELECT max(id) FROM (SELECT max(id) AS id FROM events UNION ALL"
          + " SELECT max(event_id) FROM (SELECT id >> 20 AS event_id FROM deliveries ORDER BY id DESC"
          + " LIMIT 1) AS newest) AS given";
  private static final String NEWEST =
      "SELECT max(at) FROM (SELECT max(timestamped) AS at FROM applications"
          + " UNION ALL SELECT max(timestamped) FROM actions"
          + " UNION ALL SELECT max(timestamped) FROM subscriptions"
          + " UNION ALL SELECT timestamped FROM (SELECT timestamped FROM events ORDER BY id DESC"
          + " LIMIT 1) AS newest) AS times";

  /** All that a database, of whatever schema, has given as far as it knows. */
  static GivenIds of(KeptDatabase database, Connection connection) throws SQLException {
    String left = Markers.get(connection, Markers.GIVEN);
    long event = Math.max(number(connection, EVENT), SkippedIds.floor(connection));
    return new GivenIds(
        left == null ? event : Math.max(event, Long.parseLong(left)),
        database.lastSubscription(connection));
  }

  GivenIds and(GivenIds other) {
    return new GivenIds(Math.max(event, other.event), Math.max(subscription, other.subscription));
  }

  /** Makes a database go on above these and its own. */
  void keep(KeptDatabase database, Connection connection) throws SQLException {
    GivenIds own = of(database, connection);
    goOnAfter(database, connection, own, and(own));
  }

  /** For an import that begins again after this one failed: until then nothing else knows them. */
  void leave(Connection connection) throws SQLException {
    Markers.set(connection, Markers.GIVEN, Long.toString(event));
  }

  /**
   * Makes a restored database go on above these and its own, and far above, since the one that it
   * is a copy of went on as well, and may be lost.
   */
  void skip(KeptDatabase database, Connection connection) throws SQLException {
    GivenIds own = of(database, connection);
    GivenIds taken = and(own);
    long wanted = skipped(number(connection, NEWEST), Instant.now());
    // Half of what is left at most: restores alone never use ids up.
    long event =
        taken.event + Math.min(wanted, Math.max(0, (DeliveryRow.MAX_EVENT - taken.event) / 2));
    long subscription =
        taken.subscription
            + Math.min(
                SUBSCRIPTIONS_SKIPPED,
                Math.max(0, (DeliveryRow.MAX_SUBSCRIPTION - taken.subscription) / 2));
    goOnAfter(database, connection, own, new GivenIds(event, subscription));
  }

  static long skipped(long newestMillis, Instant now) {
    if (newestMillis == 0) {
      return LEAST_SKIP;
    }
    long seconds =
        Math.max(0, Duration.between(Instant.ofEpochMilli(newestMillis), now).toSeconds());
    long most = Math.min(seconds, MOST_SKIPPED / EVENTS_A_SECOND) * EVENTS_A_SECOND;
    return LEAST_SKIP + most;
  }

  private static void goOnAfter(
      KeptDatabase database, Connection connection, GivenIds own, GivenIds last)
      throws SQLException {
    if (last.event > own.event) {
      Markers.set(connection, SkippedIds.setting(own.event), Long.toString(last.event));
    }
    database.goOnAfterSubscription(connection, last.subscription);
  }

  private static long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }
}
