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

/** Exports in files. */
final class Exports {
  private static final int BUFFER = 1 << 16;

  private Exports() {}

  /**
   * Writes an export, reads it again to the end, and only then puts it in its place.
   *
   * @param packed whether by gzip
   */
  static Map<String, Long> toFile(
      KeptDatabase database, Path file, boolean packed, Progress progress)
      throws IOException, SQLException {
    Path fresh = Durable.fresh(file);
    try {
      Map<String, Long> counts;
      try (OutputStream plain = new BufferedOutputStream(Files.newOutputStream(fresh), BUFFER);
          OutputStream out = packed ? new GZIPOutputStream(plain, BUFFER) : plain) {
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
