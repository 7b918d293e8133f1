package io.amebobridge.server.admin;

import io.amebobridge.server.store.Schema;
import io.amebobridge.server.store.WriteSession;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The tables that are data, each after those it refers to, and how their columns are written. */
final class Tables {
  /**
   * One of them.
   *
   * @param text whether the key is text
   * @param key the primary key, by which its rows are ordered
   */
  record Table(String name, boolean text, String... key) {}

  /** What a column holds, whatever an engine calls its type. */
  enum Kind {
    NUMBER,
    TEXT,
    BYTES,
    FLAG
  }

  /** A column; a flag is written as 0 or 1 by every engine. */
  record Column(String name, Kind kind) {}

  static final List<Table> DATA =
      List.of(
          new Table("settings", true, "name"),
          new Table("credentials", true, "username"),
          new Table("applications", false, "id"),
          new Table("actions", false, "id"),
          new Table("events", false, "id"),
          new Table("subscriptions", false, "id"),
          new Table(
              "subscription_positions",
              true,
              "subscription_id",
              "source_system",
              "source_stream",
              "source_partition"),
          new Table("replays", false, "id"),
          new Table("deliveries", false, "id"));

  /** Of running servers or of the database itself: a copy begins without them. */
  private static final Set<String> RUNTIME = Set.of("instances", "leases", "flyway_schema_history");

  /** Settings that say something of this database, not of its data. */
  private static final Set<String> OWN_SETTINGS =
      Set.of("probe", "registry", "leases", Markers.IMPORT, Markers.GIVEN, Schema.INCARNATION);

  private Tables() {}

  /** Whether a setting goes with the data. */
  static boolean isData(String setting) {
    return !OWN_SETTINGS.contains(setting) && !setting.startsWith(WriteSession.MARKS);
  }

  /**
   * The tables of a database.
   *
   * @throws AdminException where it has one that an export would leave out
   */
  static List<Table> of(KeptDatabase database, Connection connection) throws SQLException {
    Set<String> there = new TreeSet<>(database.tables(connection));
    List<Table> found = DATA.stream().filter(table -> there.remove(table.name())).toList();
    there.removeAll(RUNTIME);
    if (!there.isEmpty()) {
      throw new AdminException(
          "tables "
              + there
              + " in "
              + database.location()
              + " are not this program's; move them to another database or schema");
    }
    return found;
  }

  /** Its columns in the order they were made. */
  static List<Column> columns(KeptDatabase database, Connection connection, String table)
      throws SQLException {
    List<Column> columns = new ArrayList<>();
    @Nullable String namespace = database.namespace(connection);
    try (ResultSet rows = connection.getMetaData().getColumns(null, namespace, table, null)) {
      while (rows.next()) {
        if (rows.getString("TABLE_NAME").equals(table)) { // "_" in a name is a wildcard
          String name = rows.getString("COLUMN_NAME");
          columns.add(new Column(name, kind(table, name, rows.getString("TYPE_NAME"))));
        }
      }
    }
    return columns;
  }

  private static Kind kind(String table, String column, String type) {
    return switch (type.toLowerCase(Locale.ROOT)) {
      case "integer", "int", "int4", "int8", "bigint", "bigserial" -> Kind.NUMBER;
      case "text" -> Kind.TEXT;
      case "blob", "bytea" -> Kind.BYTES;
      case "bool", "boolean" -> Kind.FLAG;
      default -> throw new AdminException(table + "." + column + " is of the unknown type " + type);
    };
  }
}
