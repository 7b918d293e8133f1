package io.amebobridge.server.registry;

import io.amebobridge.server.security.SecretBox;
import io.amebobridge.server.store.Store;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what is registered. */
final class RegistryRows {
  private RegistryRows() {}

  static List<Application> applications(Store store, SecretBox secrets) {
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

  static List<Action> actions(Store store) {
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
                                    number(rows, "retain_millis"), number(rows, "retain_bytes")),
                                rows.getLong("timestamped")))
                    .list());
  }

  static List<Subscription> subscriptions(Store store) {
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
                                rows.getLong("cursor"),
                                rows.getLong("timestamped")))
                    .list());
  }

  private static @Nullable Long number(ResultSet rows, String column) throws SQLException {
    long value = rows.getLong(column);
    return rows.wasNull() ? null : value;
  }
}
