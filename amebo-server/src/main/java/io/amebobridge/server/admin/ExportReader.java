package io.amebobridge.server.admin;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the lines of an export, and believes nothing before its end was checked. */
final class ExportReader {
  private static final int LONGEST_TEXT = 256 << 20;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(LONGEST_TEXT).build())
          .build();

  /**
   * The first line.
   *
   * @param tables in their order, with the columns that were exported
   * @param fingerprint of the secret that the stored secrets open with
   */
  record Header(
      String schema,
      String engine,
      @Nullable String fingerprint,
      Map<String, List<String>> tables) {}

  /** Takes what is read. */
  interface Sink {
    /** Rows of this table follow. */
    void table(String name, List<String> columns) throws SQLException;

    /** The parser stands at the beginning of the row's object. */
    void row(JsonParser json) throws SQLException;
  }

  private final InputStream in;
  private final MessageDigest digest = Ndjson.sha256();
  private final Map<String, Long> counts = new LinkedHashMap<>();
  private final Header header;
  private long line = 1;

  /** Reads the header. */
  ExportReader(InputStream in) throws IOException {
    this.in = in;
    byte[] first = Ndjson.line(in);
    if (first == null) {
      throw new AdminException("the input is empty; an export begins with a header");
    }
    this.header = header(first);
  }

  Header header() {
    return header;
  }

  private static Header header(byte[] line) {
    JsonNode node;
    try {
      node = JsonMapper.shared().readTree(line);
    } catch (JacksonException e) {
      throw new AdminException("line 1 is not the header of an export: it is not JSON", e);
    }
    if (!node.path("format").asString("").equals(Ndjson.FORMAT)) {
      throw new AdminException("line 1 is not the header of an export made by amebo db export");
    }
    int version = node.path("version").asInt(0);
    if (version != Ndjson.VERSION) {
      throw new AdminException(
          "the export's format is version "
              + version
              + ", allowed: "
              + Ndjson.VERSION
              + "; use the program that wrote it, or a newer one");
    }
    Map<String, List<String>> tables = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> table : node.path("tables").properties()) {
      List<String> columns = new ArrayList<>();
      table.getValue().forEach(column -> columns.add(column.asString()));
      tables.put(table.getKey(), columns);
    }
    return new Header(
        node.path("schema").asString(),
        node.path("engine").asString(""),
        node.hasNonNull("secret_fingerprint") ? node.path("secret_fingerprint").asString() : null,
        tables);
  }

  /**
   * Reads all rows and checks the end.
   *
   * @return how many there are of each table
   * @throws AdminException where it is cut off or was changed
   */
  Map<String, Long> readTo(Sink sink) throws IOException, SQLException {
    header.tables().keySet().forEach(table -> counts.put(table, 0L));
    String table = "";
    for (byte[] next = Ndjson.line(in); next != null; next = Ndjson.line(in)) {
      line++;
      try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), next)) {
        String type = type(json);
        if (type.equals(Ndjson.END)) {
          end(next);
          return counts;
        }
        if (!type.equals(table)) {
          sink.table(type, columns(type));
          table = type;
        }
        expect("row".equals(json.nextName()) && json.nextToken() == JsonToken.START_OBJECT);
        sink.row(json);
        digest.update(next);
        counts.merge(type, 1L, Long::sum);
      } catch (JacksonException e) {
        throw new AdminException("line " + line + " is not a row: " + e.getOriginalMessage(), e);
      } catch (SQLException e) {
        throw new SQLException("at line " + line + ": " + e.getMessage(), e);
      }
    }
    throw new AdminException(
        "the input ends after line " + line + " without an end record: it was cut off");
  }

  private String type(JsonParser json) {
    expect(json.nextToken() == JsonToken.START_OBJECT && "type".equals(json.nextName()));
    String type = json.nextStringValue();
    expect(type != null);
    return String.valueOf(type);
  }

  private List<String> columns(String table) {
    List<String> columns = header.tables().get(table);
    if (columns == null) {
      throw new AdminException("line " + line + ": table " + table + " is not in the header");
    }
    return columns;
  }

  private void expect(boolean holds) {
    if (!holds) {
      throw new AdminException("line " + line + " is not a row of an export");
    }
  }

  private void end(byte[] last) throws IOException {
    JsonNode node = JsonMapper.shared().readTree(last);
    counts.forEach(
        (table, count) -> {
          long said = node.path("counts").path(table).asLong(-1);
          if (said != count) {
            throw new AdminException(
                "the export has " + said + " rows of " + table + ", but " + count + " were read");
          }
        });
    if (!node.path("sha256").asString("").equals(Ndjson.hex(digest))) {
      throw new AdminException("the rows were changed: the checksum at the end does not match");
    }
    if (in.read() >= 0) {
      throw new AdminException("something follows the end record");
    }
  }
}
