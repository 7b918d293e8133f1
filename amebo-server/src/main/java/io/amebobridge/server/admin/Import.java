package io.amebobridge.server.admin;

import io.amebobridge.server.admin.Tables.Column;
import io.amebobridge.server.admin.Tables.Table;
import io.amebobridge.server.store.Schema;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Fills an empty database from an export. It is marked until the export's end was checked, and no
 * server starts on it before. Where data is replaced, it is one transaction.
 */
final class Import {
  private static final int REPORTED = 500;

  /** What a server leaves behind that has served nothing yet. */
  private static final List<String> OF_THE_START = List.of("settings", "credentials");

  /** What is empty needs none; what is not is refused. */
  static final Schema.Backup NO_BACKUP =
      version -> {
        throw new AdminException(
            "the database has an older schema and data in it; run: amebo db migrate");
      };

  private final KeptDatabase database;
  private final Progress progress;
  private long rows;

  Import(KeptDatabase database, Progress progress) {
    this.database = database;
    this.progress = progress;
  }

  /**
   * Reads an export to its end.
   *
   * @param over what to do with what is there already
   * @param replaced what the database has given whose place it takes
   */
  Map<String, Long> from(ExportReader reader, Over over, GivenIds replaced)
      throws IOException, SQLException {
    refuseOther(reader.header());
    database.schema().migrate(NO_BACKUP);
    boolean whole = isOneTransaction(over);
    try (Connection connection = database.writable();
        RowWriter writer = new RowWriter(database, connection, !whole)) {
      GivenIds before = begin(database, connection, over);
      Map<String, Long> counts;
      try {
        counts = reader.readTo(new Rows(writer));
        writer.flush();
      } catch (IOException | SQLException | RuntimeException e) {
        connection.rollback();
        throw whole ? AdminException.because("the database is as it was", e) : unfinished(e);
      }
      database.afterImport(connection);
      before.and(replaced).skip(database, connection);
      finish(connection);
      return counts;
    }
  }

  /** What may be lost. */
  enum Over {
    /** Nothing. */
    EMPTY,
    /** What an import left that did not finish. */
    UNFINISHED,
    /** Everything. */
    ANYTHING
  }

  /** What was there stays until all that is new is there. */
  private static boolean isOneTransaction(Over over) {
    return over == Over.ANYTHING;
  }

  static AdminException unfinished(Exception e) {
    return AdminException.because(
        "the import did not finish, and no server starts on this database; repeat it with --force",
        e);
  }

  /** An older export is fine as long as no migration since has altered data. */
  private void refuseOther(ExportReader.Header header) {
    boolean found = false;
    for (Schema.Step step : database.schema().steps()) {
      if (found && step.altersData()) {
        throw new AdminException(
            "the export is of schema version "
                + header.schema()
                + ", and version "
                + step.version()
                + " alters data; import it with the release that wrote it, and migrate then");
      }
      found |= step.version().equals(header.schema());
    }
    if (!found) {
      throw new AdminException(
          "the export is of schema version "
              + header.schema()
              + ", which this program does not know; use the program that wrote it, or a newer one");
    }
  }

  /**
   * Empties what may be emptied, and marks the database; commits, unless all is one transaction.
   *
   * @return what it has given so far
   */
  static GivenIds begin(KeptDatabase database, Connection connection, Over over)
      throws SQLException {
    String since = Markers.get(connection, Markers.IMPORT);
    if (since != null && over == Over.EMPTY) {
      throw new AdminException(
          "an import into "
              + database.location()
              + " began at "
              + since
              + " and did not finish; --force empties it and begins again");
    }
    List<String> tables = Tables.of(database, connection).stream().map(Table::name).toList();
    if (since == null && over != Over.ANYTHING) {
      refuseFilled(database, connection, tables);
    }
    database.refuseServers(connection);
    GivenIds before = GivenIds.of(database, connection);
    database.empty(connection, tables);
    Markers.set(connection, Markers.IMPORT, Instant.now().toString());
    if (!isOneTransaction(over)) {
      before.leave(connection); // for who begins again after a failure
      connection.commit();
    }
    return before;
  }

  private static void refuseFilled(
      KeptDatabase database, Connection connection, List<String> tables) throws SQLException {
    for (String table : tables) {
      if (!OF_THE_START.contains(table) && !isEmpty(connection, table)) {
        throw new AdminException(
            database.location()
                + " has data already ("
                + table
                + "); an import needs an empty database");
      }
    }
  }

  private static boolean isEmpty(Connection connection, String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT 1 FROM " + table + " LIMIT 1")) {
      return !row.next();
    }
  }

  static void finish(Connection connection) throws SQLException {
    Markers.set(connection, Schema.INCARNATION, UUID.randomUUID().toString());
    Markers.remove(connection, Markers.IMPORT);
    Markers.remove(connection, Markers.GIVEN);
    connection.commit();
  }

  /** Puts rows into their tables. */
  private final class Rows implements ExportReader.Sink {
    private final RowWriter writer;
    private final Map<String, Integer> positions = new HashMap<>();

    Rows(RowWriter writer) {
      this.writer = writer;
    }

    @Override
    public void table(String name, List<String> columns) throws SQLException {
      if (Tables.DATA.stream().noneMatch(table -> table.name().equals(name))) {
        throw new AdminException("table " + name + " is not known here");
      }
      writer.table(name, columns);
      positions.clear();
      for (String column : columns) {
        positions.put(column, positions.size());
      }
    }

    @Override
    public void row(JsonParser json) throws SQLException {
      @Nullable Object[] values = new Object[positions.size()];
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        Integer position = positions.get(name);
        if (position == null) {
          throw new AdminException(writer.table() + "." + name + " is not in the header");
        }
        values[position] = value(json, writer.columns().get(position));
      }
      writer.row(values);
      if (++rows % REPORTED == 0) {
        progress.at(writer.table(), rows);
      }
    }

    private @Nullable Object value(JsonParser json, Column column) {
      JsonToken token = json.nextToken();
      if (token == JsonToken.VALUE_NULL) {
        return null;
      }
      return switch (column.kind()) {
        case NUMBER, FLAG -> json.getLongValue();
        case TEXT -> json.getString();
        case BYTES -> json.getBinaryValue();
      };
    }
  }
}
