package io.amebobridge.server.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import javax.sql.DataSource;

/**
 * Flyway's own table, read without Flyway: at nearly every start nothing is to be done, and to find
 * that out with it takes longer than all else. Thread-safe.
 */
final class SchemaHistory {
  /** All migrations there are, for both engines; Flyway itself finds them by looking. */
  static final List<String> SCRIPTS = List.of("V1__event_log.sql", "V2__several_instances.sql");

  private SchemaHistory() {}

  /** Whether all that this program knows was applied as it is now, and nothing else. */
  static boolean isCurrent(DataSource database, String location) {
    List<String> applied = new ArrayList<>();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT script, checksum FROM flyway_schema_history"
                    + " WHERE success AND type = 'SQL' ORDER BY installed_rank")) {
      while (rows.next()) {
        applied.add(rows.getString(1) + " " + rows.getInt(2));
      }
    } catch (SQLException notYetThere) {
      return false; // Flyway makes it, or says what is wrong
    }
    return applied.equals(known(location));
  }

  private static List<String> known(String location) {
    String path = location.substring("classpath:".length()) + "/";
    return SCRIPTS.stream().map(script -> script + " " + checksum(path + script)).toList();
  }

  /** As Flyway makes it: of the lines without what ends them. */
  private static int checksum(String path) {
    CRC32 crc = new CRC32();
    try (InputStream in = SchemaHistory.class.getClassLoader().getResourceAsStream(path);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        crc.update(line.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
    return (int) crc.getValue();
  }
}
