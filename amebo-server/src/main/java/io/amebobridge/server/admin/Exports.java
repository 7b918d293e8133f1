package io.amebobridge.server.admin;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import tools.jackson.core.JsonParser;

/** Exports in files, packed. */
final class Exports {
  private static final int BUFFER = 1 << 16;

  private Exports() {}

  /** Writes a packed export, reads it again to the end, and only then puts it in its place. */
  static Map<String, Long> toFile(Database database, Path file, Progress progress)
      throws IOException, SQLException {
    Path fresh = file.resolveSibling(file.getFileName() + ".partial");
    try {
      Map<String, Long> counts;
      try (OutputStream out =
          new GZIPOutputStream(
              new BufferedOutputStream(Files.newOutputStream(fresh), BUFFER), BUFFER)) {
        counts = new Export(database, progress).to(out);
      }
      check(fresh);
      Durable.move(fresh, file);
      return counts;
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /**
   * Reads an export to its end.
   *
   * @throws AdminException where it is cut off or was changed
   */
  static void check(Path file) throws IOException, SQLException {
    try (InputStream in = Ndjson.open(Files.newInputStream(file))) {
      new ExportReader(in).readTo(new Nowhere());
    }
  }

  private static final class Nowhere implements ExportReader.Sink {
    @Override
    public void table(String name, List<String> columns) {}

    @Override
    public void row(JsonParser json) {}
  }
}
