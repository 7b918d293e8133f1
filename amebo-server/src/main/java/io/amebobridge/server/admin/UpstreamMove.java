package io.amebobridge.server.admin;

import io.amebobridge.server.security.SecretBox;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An import from an upstream database into ours, or the same without writing. */
final class UpstreamMove {
  private final KeptDatabase from;
  private final KeptDatabase to;
  private final SecretBox secrets;
  private final Progress progress;

  UpstreamMove(KeptDatabase from, KeptDatabase to, SecretBox secrets, Progress progress) {
    this.from = from;
    this.to = to;
    this.secrets = secrets;
    this.progress = progress;
  }

  UpstreamReport dryRun() throws SQLException {
    try (Upstream upstream = Upstream.open(from)) {
      return new UpstreamImport(
              upstream, new Nowhere(), secrets, progress, System.currentTimeMillis())
          .run();
    }
  }

  UpstreamReport run(Import.Over over) throws SQLException {
    try (Upstream upstream = Upstream.open(from)) {
      to.schema().migrate(Import.NO_BACKUP);
      try (Connection connection = to.writable();
          RowWriter writer = new RowWriter(to, connection, true)) {
        GivenIds before = Import.begin(to, connection, over);
        UpstreamReport report;
        try {
          report =
              new UpstreamImport(
                      upstream, new Written(writer), secrets, progress, System.currentTimeMillis())
                  .run();
          writer.flush();
        } catch (SQLException | RuntimeException e) {
          connection.rollback();
          throw Import.unfinished(e);
        }
        to.afterImport(connection);
        before.keep(to, connection);
        Import.finish(connection);
        return report;
      }
    }
  }

  private record Written(RowWriter writer) implements UpstreamImport.Rows {
    @Override
    public void table(String name, List<String> columns) throws SQLException {
      writer.table(name, columns);
    }

    @Override
    public void row(@Nullable Object... values) throws SQLException {
      writer.row(values);
    }
  }

  private static final class Nowhere implements UpstreamImport.Rows {
    @Override
    public void table(String name, List<String> columns) {}

    @Override
    public void row(@Nullable Object... values) {}
  }
}
