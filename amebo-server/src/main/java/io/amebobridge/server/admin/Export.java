package io.amebobridge.server.admin;

import io.amebobridge.server.admin.Tables.Column;
import io.amebobridge.server.admin.Tables.Table;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes a database as lines of JSON: a header, a line for each row, each table after those it
 * refers to, and at the end the counts and a checksum over the rows' lines. One snapshot, a few
 * hundred rows in memory.
 */
final class Export {
  private static final int FETCH = 500;
  private static final int BUFFER = 1 << 16;
  private static final JsonFactory JSON = new JsonFactory();
  private final KeptDatabase database;
  private final Progress progress;
  private final MessageDigest digest = Ndjson.sha256();
  private final Map<String, Long> counts = new LinkedHashMap<>();
  private long rows;

  Export(KeptDatabase database, Progress progress) {
    this.database = database;
    this.progress = progress;
  }

  /** Writes it all; the stream stays open. */
  Map<String, Long> to(OutputStream stream) throws IOException, SQLException {
    OutputStream out = new BufferedOutputStream(stream, BUFFER);
    String version = database.schema().applied();
    try (Connection connection = database.snapshot()) {
      List<Table> tables = Tables.of(database, connection);
      if (Markers.get(connection, Markers.IMPORT) != null) {
        throw new AdminException(
            "an import into "
                + database.location()
                + " did not finish; repeat it with: amebo db import --force");
      }
      Map<String, List<Column>> columns = new LinkedHashMap<>();
      for (Table table : tables) {
        columns.put(table.name(), Tables.columns(database, connection, table.name()));
      }
      header(out, version, Fingerprints.stored(connection), columns);
      for (Table table : tables) {
        rows(out, connection, table, columns.getOrDefault(table.name(), List.of()));
      }
      connection.rollback();
    }
    end(out);
    out.flush();
    return counts;
  }

  private void header(
      OutputStream out,
      String version,
      @Nullable String fingerprint,
      Map<String, List<Column>> columns)
      throws IOException {
    line(
        out,
        json -> {
          json.writeStringProperty("type", Ndjson.HEADER);
          json.writeStringProperty("format", Ndjson.FORMAT);
          json.writeNumberProperty("version", Ndjson.VERSION);
          json.writeStringProperty("schema", version);
          json.writeStringProperty("engine", database.engine());
          if (fingerprint != null) {
            json.writeStringProperty("secret_fingerprint", fingerprint);
          }
          json.writeObjectPropertyStart("tables");
          columns.forEach(
              (table, names) -> {
                json.writeArrayPropertyStart(table);
                names.forEach(column -> json.writeString(column.name()));
                json.writeEndArray();
              });
          json.writeEndObject();
        });
  }

  private void rows(OutputStream out, Connection connection, Table table, List<Column> columns)
      throws IOException, SQLException {
    long count = 0;
    String names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT " + names + " FROM " + table.name() + " ORDER BY " + order(table))) {
      select.setFetchSize(FETCH);
      try (ResultSet result = select.executeQuery()) {
        while (result.next()) {
          if (table.name().equals("settings") && !Tables.isData(result.getString("name"))) {
            continue;
          }
          digest.update(row(out, table.name(), columns, result));
          count++;
          if (++rows % FETCH == 0) {
            progress.at(table.name(), rows);
          }
        }
      }
    }
    counts.put(table.name(), count);
  }

  private String order(Table table) {
    return Arrays.stream(table.key())
        .map(
            column ->
                table.text() && !column.endsWith("_id") && !column.endsWith("_partition")
                    ? database.ordered(column)
                    : column)
        .collect(Collectors.joining(", "));
  }

  private static byte[] row(OutputStream out, String table, List<Column> columns, ResultSet result)
      throws IOException {
    return line(
        out,
        json -> {
          json.writeStringProperty("type", table);
          json.writeObjectPropertyStart("row");
          for (int i = 0; i < columns.size(); i++) {
            value(json, columns.get(i), result, i + 1);
          }
          json.writeEndObject();
        });
  }

  private static void value(JsonGenerator json, Column column, ResultSet result, int index)
      throws SQLException {
    switch (column.kind()) {
      case NUMBER -> {
        long number = result.getLong(index);
        if (!result.wasNull()) {
          json.writeNumberProperty(column.name(), number);
        }
      }
      case FLAG -> {
        boolean flag = result.getBoolean(index);
        if (!result.wasNull()) {
          json.writeNumberProperty(column.name(), flag ? 1 : 0);
        }
      }
      case TEXT -> {
        String text = result.getString(index);
        if (text != null) {
          json.writeStringProperty(column.name(), text);
        }
      }
      case BYTES -> {
        byte[] bytes = result.getBytes(index);
        if (bytes != null) {
          json.writeName(column.name());
          json.writeBinary(bytes);
        }
      }
    }
  }

  private void end(OutputStream out) throws IOException {
    line(
        out,
        json -> {
          json.writeStringProperty("type", Ndjson.END);
          json.writeObjectPropertyStart("counts");
          counts.forEach(json::writeNumberProperty);
          json.writeEndObject();
          json.writeStringProperty("sha256", Ndjson.hex(digest));
        });
  }

  /** What goes between the braces of a line. */
  private interface Body {
    void write(JsonGenerator json) throws SQLException;
  }

  private static byte[] line(OutputStream out, Body body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator json =
        JSON.createGenerator(tools.jackson.core.ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      body.write(json);
      json.writeEndObject();
    } catch (SQLException e) {
      throw new IOException("reading a row failed: " + e.getMessage(), e);
    }
    bytes.write('\n');
    byte[] line = bytes.toByteArray();
    out.write(line);
    return line;
  }
}
