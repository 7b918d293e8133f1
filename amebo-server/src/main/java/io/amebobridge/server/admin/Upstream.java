package io.amebobridge.server.admin;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An upstream Amebo's database, of the releases with numbers for ids (to 0.5) and those with UUIDs
 * (from 0.6): one snapshot, nothing is written. Confined to one thread.
 */
final class Upstream implements AutoCloseable {
  private static final int FETCH = 500;
  private static final String SCHEMA = "_amebo_";
  private static final Set<String> NEEDED =
      Set.of("applications", "actions", "events", "subscriptions", "gists");
  private final Connection connection;
  private final boolean postgres;
  private final Map<String, Map<String, String>> columns = new TreeMap<>();

  private Upstream(Connection connection, boolean postgres) {
    this.connection = connection;
    this.postgres = postgres;
  }

  static Upstream open(KeptDatabase database) throws SQLException {
    if (!database.exists()) {
      throw new AdminException("there is no upstream database " + database.location());
    }
    Connection connection = database.snapshot();
    Upstream upstream = new Upstream(connection, database instanceof KeptPostgres);
    try {
      upstream.readColumns();
      if (!upstream.columns.keySet().containsAll(NEEDED)) {
        throw new AdminException(
            database.location()
                + (upstream.postgres ? " has no schema " + SCHEMA + " with " : " is without ")
                + "the tables of an upstream Amebo; they are "
                + NEEDED.stream().sorted().toList());
      }
      return upstream;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private void readColumns() throws SQLException {
    try (ResultSet rows =
        connection.getMetaData().getColumns(null, postgres ? SCHEMA : null, null, null)) {
      while (rows.next()) {
        if (postgres && !SCHEMA.equals(rows.getString("TABLE_SCHEM"))) {
          continue; // "_" is a wildcard
        }
        String table = rows.getString("TABLE_NAME");
        if (!postgres && table.startsWith("sqlite_")) {
          continue; // the engine's own
        }
        columns
            .computeIfAbsent(table, name -> new LinkedHashMap<>())
            .put(
                rows.getString("COLUMN_NAME"),
                rows.getString("TYPE_NAME").toLowerCase(Locale.ROOT));
      }
    }
  }

  Set<String> tables() {
    return columns.keySet();
  }

  boolean has(String table, String column) {
    return columns.getOrDefault(table, Map.of()).containsKey(column);
  }

  ResultSet applications() throws SQLException {
    return select(
        "SELECT rowid AS id, application, address, secret, timestamped, "
            + or("applications", "active", "1")
            + " FROM "
            + in("applications")
            + " ORDER BY rowid");
  }

  ResultSet actions() throws SQLException {
    return select(
        "SELECT rowid AS id, action, application, schemata, timestamped, "
            + or("actions", "status", "'active'")
            + " FROM "
            + in("actions")
            + " ORDER BY rowid");
  }

  /** In the order of their ids; nth counts those with the same action and deduper. */
  ResultSet events() throws SQLException {
    String id = "e." + id("events", "event");
    return select(
        "SELECT "
            + id
            + " AS id, e.action, e.deduper, e.payload, e.timestamped, "
            + or("e.", "events", "metadata", "NULL")
            + ", "
            + or("e.", "events", "trace_id", "NULL")
            + ", row_number() OVER (PARTITION BY e.action, e.deduper ORDER BY "
            + id
            + ") AS nth FROM "
            + in("events")
            + " e ORDER BY 1");
  }

  /** The first time of an event that can be read. */
  OptionalLong firstEventMillis() throws SQLException {
    try (ResultSet row =
        select("SELECT timestamped FROM " + in("events") + " ORDER BY " + id("events", "event"))) {
      while (row.next()) {
        Long millis = UpstreamTime.millis(row.getString(1));
        if (millis != null) {
          return OptionalLong.of(millis);
        }
      }
      return OptionalLong.empty();
    }
  }

  ResultSet subscriptions() throws SQLException {
    return select(
        "SELECT "
            + id("subscriptions", "subscription")
            + " AS id, application, action, max_retries, handler, description, timestamped, "
            + or("subscriptions", "active", "1")
            + " FROM "
            + in("subscriptions")
            + " ORDER BY 1");
  }

  /** Deliveries; the ids are null where they refer to nothing. */
  ResultSet gists() throws SQLException {
    String sleep =
        postgres
            ? "CAST(extract(epoch FROM g.sleep_until) * 1000 AS bigint) AS sleep_millis"
            : "g.sleep_until AS sleep_text";
    String dead = has("gists", "dead_at") ? "g.dead_at IS NOT NULL" : "1 = 0";
    String exhausted = has("gists", "exhausted_at") ? "g.exhausted_at IS NOT NULL" : "1 = 0";
    return select(
        "SELECT e."
            + id("events", "event")
            + " AS event_id, s."
            + id("subscriptions", "subscription")
            + " AS subscription_id, g.rowid AS gist, g.completed, g.retries, g.timestamped, "
            + sleep
            + ", CASE WHEN "
            + dead
            + " THEN 1 ELSE 0 END AS dead, CASE WHEN "
            + exhausted
            + " THEN 1 ELSE 0 END AS exhausted, "
            + or("g.", "gists", "last_status_code", "NULL")
            + ", "
            + or("g.", "gists", "last_error", "NULL")
            + " FROM "
            + in("gists")
            + " g LEFT JOIN "
            + in("events")
            + " e ON e.event = g.event LEFT JOIN "
            + in("subscriptions")
            + " s ON s.subscription = g.subscription ORDER BY 1, 2");
  }

  /**
   * Events without a gist for a subscription to their action. Where it had one of an earlier event,
   * {@code after_first} is not null: upstream lost them between two transactions. The others it
   * lost too, unless they are older than the subscription.
   */
  ResultSet without() throws SQLException {
    String event = id("events", "event");
    return select(
        "SELECT e."
            + event
            + " AS event_id, s."
            + id("subscriptions", "subscription")
            + " AS subscription_id, e.timestamped, CASE WHEN e."
            + event
            + " > had.first THEN 1 END AS after_first FROM "
            + in("subscriptions")
            + " s LEFT JOIN (SELECT g.subscription, min(e."
            + event
            + ") AS first FROM "
            + in("gists")
            + " g JOIN "
            + in("events")
            + " e ON e.event = g.event GROUP BY g.subscription) had"
            + " ON had.subscription = s.subscription JOIN "
            + in("events")
            + " e ON e.action = s.action LEFT JOIN "
            + in("gists")
            + " g ON g.event = e.event AND g.subscription = s.subscription"
            + " WHERE g.event IS NULL ORDER BY 1, 2");
  }

  long count(String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM " + in(table))) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Numbers stay what they are; a UUID is replaced by the number of its row. */
  private String id(String table, String column) {
    String type = columns.getOrDefault(table, Map.of()).getOrDefault(column, "");
    return type.startsWith("int") || type.equals("serial") ? column : "rowid";
  }

  private String in(String table) {
    return postgres ? SCHEMA + "." + table : table;
  }

  private String or(String table, String column, String otherwise) {
    return or("", table, column, otherwise);
  }

  private String or(String alias, String table, String column, String otherwise) {
    return has(table, column) ? alias + column : otherwise + " AS " + column;
  }

  private ResultSet select(String sql) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    statement.closeOnCompletion();
    statement.setFetchSize(FETCH);
    return statement.executeQuery();
  }

  /** When a gist may be delivered; null: at once. */
  @Nullable Long sleepUntil(ResultSet gist) throws SQLException {
    if (postgres) {
      long millis = gist.getLong("sleep_millis");
      return gist.wasNull() ? null : millis;
    }
    return UpstreamTime.millis(gist.getString("sleep_text"));
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
