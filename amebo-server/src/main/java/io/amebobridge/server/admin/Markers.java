package io.amebobridge.server.admin;

import io.amebobridge.server.store.Schema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Rows of the settings table that the keeper of a database reads or leaves. */
final class Markers {
  static final String IMPORT = Schema.UNFINISHED_IMPORT;

  /** The last event id that was given before an import that is not complete. */
  static final String GIVEN = "unfinished_import/given";

  private Markers() {}

  static @Nullable String get(Connection connection, String name) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT value FROM settings WHERE name = ?")) {
      select.setString(1, name);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }

  static void set(Connection connection, String name, String value) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            "INSERT INTO settings (name, value) VALUES (?, ?)"
                + " ON CONFLICT (name) DO UPDATE SET value = excluded.value")) {
      upsert.setString(1, name);
      upsert.setString(2, value);
      upsert.executeUpdate();
    }
  }

  static void remove(Connection connection, String name) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM settings WHERE name = ?")) {
      delete.setString(1, name);
      delete.executeUpdate();
    }
  }
}
