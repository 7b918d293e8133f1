package io.amebobridge.server.admin;

import io.amebobridge.server.store.Schema;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what {@link DatabaseInfo} says; beside a running server too, and of any schema. */
final class Inspection {
  private Inspection() {}

  static DatabaseInfo of(KeptDatabase database) throws SQLException {
    Schema schema = database.schema();
    List<Schema.Step> steps = schema.steps();
    try (Connection connection = database.snapshot()) {
      boolean filled = database.tables(connection).containsAll(List.of("settings", "deliveries"));
      return new DatabaseInfo(
          database.engine(),
          database.location(),
          schema.known(),
          schema.applied(),
          steps.stream().anyMatch(step -> step.state() == Schema.State.NEWER),
          steps,
          filled ? counts(connection) : null,
          database.bytes(connection),
          filled ? event(connection, "") : null,
          filled ? event(connection, " DESC") : null,
          filled ? Fingerprints.stored(connection) : null,
          filled ? Markers.get(connection, Markers.IMPORT) : null);
    }
  }

  private static DatabaseInfo.Counts counts(Connection connection) throws SQLException {
    return new DatabaseInfo.Counts(
        count(connection, "applications"),
        count(connection, "actions"),
        count(connection, "events"),
        count(connection, "subscriptions WHERE deleted_at IS NULL"),
        // "<> 'delivered'" is said for the partial index.
        count(
            connection,
            "deliveries WHERE state IN ('retrying', 'waiting') AND state <> 'delivered'"),
        count(connection, "deliveries WHERE state = 'dead' AND state <> 'delivered'"));
  }

  private static long count(Connection connection, String from) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM " + from)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static DatabaseInfo.@Nullable Event event(Connection connection, String order)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT id, timestamped FROM events ORDER BY id" + order + " LIMIT 1")) {
      return row.next()
          ? new DatabaseInfo.Event(row.getLong(1), Instant.ofEpochMilli(row.getLong(2)))
          : null;
    }
  }
}
