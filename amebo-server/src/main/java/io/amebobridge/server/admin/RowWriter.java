package io.amebobridge.server.admin;

import io.amebobridge.server.admin.Tables.Column;
import io.amebobridge.server.admin.Tables.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Inserts rows with all their values as they are, in batches. Confined to one thread. */
final class RowWriter implements AutoCloseable {
  private static final int BATCH_ROWS = 500;
  private static final long BATCH_BYTES = 4L << 20;
  private static final long TRANSACTION_ROWS = 5_000;
  private static final long TRANSACTION_BYTES = 32L << 20;
  private final KeptDatabase database;
  private final Connection connection;
  private final boolean commits;
  private String table = "";
  private List<Column> columns = List.of();
  private @Nullable PreparedStatement insert;
  private int batched;
  private long batchedBytes;
  private long openRows;
  private long openBytes;

  /**
   * Writes on a connection that the caller closes.
   *
   * @param commits whether it commits every few thousand rows; else the caller does
   */
  RowWriter(KeptDatabase database, Connection connection, boolean commits) {
    this.database = database;
    this.connection = connection;
    this.commits = commits;
  }

  /**
   * What follows goes into this table.
   *
   * @param names of the columns that are given; the others get their defaults
   */
  void table(String name, Collection<String> names) throws SQLException {
    flush();
    closeStatement();
    Map<String, Column> known = new LinkedHashMap<>();
    Tables.columns(database, connection, name).forEach(c -> known.put(c.name(), c));
    for (String column : names) {
      if (!known.containsKey(column)) {
        throw new AdminException(
            "column " + name + "." + column + " is not known here; use the program that wrote it");
      }
    }
    table = name;
    columns = names.stream().map(known::get).map(java.util.Objects::requireNonNull).toList();
    insert =
        connection.prepareStatement(
            "INSERT INTO "
                + name
                + " ("
                + String.join(", ", names)
                + ") VALUES ("
                + String.join(", ", Collections.nCopies(names.size(), "?"))
                + ")");
  }

  String table() {
    return table;
  }

  List<Column> columns() {
    return columns;
  }

  /**
   * Adds a row.
   *
   * @param values in the order of the columns: Long, String, byte[] or null
   */
  void row(@Nullable Object... values) throws SQLException {
    PreparedStatement statement = java.util.Objects.requireNonNull(insert);
    long bytes = 0;
    for (int i = 0; i < values.length; i++) {
      bind(statement, i + 1, columns.get(i).kind(), values[i]);
      bytes += size(values[i]);
    }
    statement.addBatch();
    batched++;
    batchedBytes += bytes;
    openRows++;
    openBytes += bytes;
    if (batched >= BATCH_ROWS || batchedBytes >= BATCH_BYTES) {
      flush();
    }
  }

  private static void bind(
      PreparedStatement statement, int index, Kind kind, @Nullable Object value)
      throws SQLException {
    if (value == null) {
      statement.setNull(
          index,
          switch (kind) {
            case NUMBER -> Types.BIGINT;
            case TEXT -> Types.VARCHAR;
            case BYTES -> Types.BINARY;
            case FLAG -> Types.BOOLEAN;
          });
      return;
    }
    switch (kind) {
      case NUMBER -> statement.setLong(index, (Long) value);
      case TEXT -> statement.setString(index, (String) value);
      case BYTES -> statement.setBytes(index, (byte[]) value);
      case FLAG -> statement.setBoolean(index, (Long) value != 0);
    }
  }

  private static long size(@Nullable Object value) {
    return value instanceof String text
        ? text.length()
        : value instanceof byte[] bytes ? bytes.length : Long.BYTES;
  }

  /** Sends what is batched, and commits where enough is open. */
  void flush() throws SQLException {
    if (insert != null && batched > 0) {
      insert.executeBatch();
    }
    batched = 0;
    batchedBytes = 0;
    if (commits && (openRows >= TRANSACTION_ROWS || openBytes >= TRANSACTION_BYTES)) {
      connection.commit();
      openRows = 0;
      openBytes = 0;
    }
  }

  private void closeStatement() throws SQLException {
    if (insert != null) {
      insert.close();
      insert = null;
    }
  }

  @Override
  public void close() throws SQLException {
    closeStatement();
  }
}
