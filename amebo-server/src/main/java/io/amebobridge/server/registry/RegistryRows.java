package io.amebobridge.server.registry;

import io.amebobridge.server.security.SecretBox;
import io.amebobridge.server.store.Numbers;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Reads what is registered. */
final class RegistryRows {
  private RegistryRows() {}

  /** Where they are read from. */
  record Source(Jdbi jdbi) {}

  static List<Application> applications(Source store, SecretBox secrets) {
    return store
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery("SELECT * FROM applications ORDER BY id")
                    .map((rows, context) -> application(rows, secrets))
                    .list());
  }

  static Application application(ResultSet row, SecretBox secrets) throws SQLException {
    String name = row.getString("application");
    byte[] previous = row.getBytes("previous_secret");
    return new Application(
        row.getLong("id"),
        name,
        row.getString("address"),
        secrets.open(name, row.getBytes("secret")),
        previous == null
            ? null
            : new Application.Previous(secrets.open(name, previous), row.getLong("previous_until")),
        row.getLong("timestamped"));
  }

  static List<Action> actions(Source store) {
    return store
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        "SELECT a.*, p.application FROM actions a"
                            + " JOIN applications p ON p.id = a.application_id ORDER BY a.id")
                    .map(
                        (rows, context) ->
                            new Action(
                                rows.getLong("id"),
                                rows.getString("action"),
                                rows.getString("application"),
                                EventSchema.stored(rows.getString("schemata")),
                                Retention.stored(
                                    Numbers.get(rows, "retain_millis"),
                                    Numbers.get(rows, "retain_bytes")),
                                rows.getLong("timestamped")))
                    .list());
  }

  static List<Subscription> subscriptions(Source store) {
    Map<Long, SourcePositions> positions = store.jdbi().withHandle(RegistryRows::positions);
    return store
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        "SELECT s.*, p.application FROM subscriptions s"
                            + " JOIN applications p ON p.id = s.application_id"
                            + " WHERE s.deleted_at IS NULL ORDER BY s.id")
                    .map(
                        (rows, context) ->
                            new Subscription(
                                rows.getLong("id"),
                                rows.getString("application"),
                                new ActionPattern(rows.getString("action")),
                                rows.getString("handler"),
                                rows.getString("description"),
                                rows.getInt("max_retries"),
                                rows.getBoolean("envelope"),
                                rows.getBoolean("passphrase"),
                                rows.getBoolean("ordered"),
                                rows.getBoolean("paused"),
                                positions.getOrDefault(rows.getLong("id"), SourcePositions.NONE),
                                rows.getLong("cursor"),
                                rows.getLong("timestamped")))
                    .list());
  }

  private static Map<Long, SourcePositions> positions(Handle handle) {
    Map<Long, List<SourcePositions.Position>> all = new HashMap<>();
    handle
        .createQuery("SELECT * FROM subscription_positions")
        .map(
            (rows, context) ->
                all.computeIfAbsent(rows.getLong("subscription_id"), id -> new ArrayList<>())
                    .add(
                        new SourcePositions.Position(
                            rows.getString("source_system"),
                            rows.getString("source_stream"),
                            rows.getInt("source_partition"),
                            rows.getLong("source_offset"))))
        .list();
    Map<Long, SourcePositions> found = new HashMap<>();
    all.forEach((subscription, list) -> found.put(subscription, new SourcePositions(list)));
    return found;
  }
}
