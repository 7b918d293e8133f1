package io.amebobridge.cli;

import io.amebobridge.server.admin.Progress;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code amebo db export}. */
@Command(
    name = "export",
    description = {
      "Writes all data of a database, whatever its engine, as lines of JSON: one consistent state,"
          + " while servers go on, in constant memory.",
      "The applications' secrets stay encrypted under AMEBO_SECRET, which is NOT in it."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  amebo db export --dsn sqlite:a.db | amebo db import --dsn postgresql://amebo@localhost/amebo"
    })
final class DbExportVerb implements Callable<Integer> {
  @Mixin private DsnOption dsn;
  @Mixin private DbProgress progress;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The file to write (default: standard output).")
  private @Nullable Path file;

  @Option(names = "--force", description = "Replace the file where it exists.")
  private boolean force;

  @Override
  public Integer call() throws Exception {
    Map<String, Long> counts =
        file == null ? to(Output.reports()) : dsn.open().export(file, force, progress.progress());
    progress.say("exported " + DbProgress.rows(counts));
    return Main.DONE;
  }

  private Map<String, Long> to(OutputStream out) throws Exception {
    Progress told = progress.progress();
    Map<String, Long> counts =
        dsn.open()
            .export(
                out,
                (table, rows) -> {
                  refuseClosed();
                  told.at(table, rows);
                });
    out.flush();
    refuseClosed();
    return counts;
  }

  /** Standard output never throws. */
  private static void refuseClosed() {
    if (Output.reports().checkError()) {
      throw new IllegalStateException("standard output was closed before the export ended");
    }
  }
}
