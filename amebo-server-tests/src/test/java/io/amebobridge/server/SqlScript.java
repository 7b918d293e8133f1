package io.amebobridge.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;

/** A database as another program wrote it, from a dump among the test's resources. */
final class SqlScript {
  private SqlScript() {}

  static void run(Engine engine, String dsn, String resource) throws IOException, SQLException {
    String script;
    try (InputStream in = SqlScript.class.getResourceAsStream(resource)) {
      script = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
    try (Connection connection = engine.connect(dsn);
        Statement statement = connection.createStatement()) {
      for (String each : script.split(";\n", -1)) {
        if (!each.isBlank()) {
          statement.execute(each);
        }
      }
    }
  }
}
