package io.amebobridge.cli;

import io.amebobridge.server.admin.DatabaseAdmin;
import io.amebobridge.server.admin.UpstreamReport;
import io.amebobridge.server.store.Dsn;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code amebo db import}. */
@Command(
    name = "import",
    description = {
      "Fills an empty database with an export, or with what an upstream Amebo has in its own. Not"
          + " while a server runs.",
      "Where it fails, no server starts on the database until the import was repeated with --force.",
      "Where rows of an upstream Amebo were refused, the rest is there and the exit code is 1."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  amebo db export --dsn sqlite:a.db | amebo db import --dsn postgresql://amebo@localhost/amebo",
      "  amebo db import --from-upstream postgresql://amebo@localhost/upstream --dry-run"
    })
final class DbImportVerb implements Callable<Integer> {
  @Mixin private DsnOption dsn;
  @Mixin private DbProgress progress;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "What amebo db export wrote, packed or not (default: standard input).")
  private @Nullable Path file;

  @Option(
      names = "--from-upstream",
      paramLabel = "DSN",
      description =
          "Read an upstream Amebo's database instead: postgresql://... with a schema _amebo_, or"
              + " sqlite:<file>. Stop that Amebo first; its database is only read.")
  private @Nullable String upstream;

  @Option(
      names = "--dry-run",
      description = "With --from-upstream: say what would happen, and write nothing.")
  private boolean dryRun;

  @Option(
      names = "--accept-refused",
      description = "With --from-upstream: exit with 0 although rows were refused.")
  private boolean acceptRefused;

  @Option(names = "--force", description = "Empty what an unfinished import left, and begin again.")
  private boolean force;

  @Option(names = "--json", description = "With --from-upstream: the report as one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (upstream != null && file != null) {
      throw new Failures.WrongUsage("FILE and --from-upstream: allowed is one of them");
    }
    if (upstream != null) {
      return fromUpstream(upstream);
    }
    if (dryRun || json || acceptRefused) {
      throw new Failures.WrongUsage(
          "--dry-run, --accept-refused and --json are for --from-upstream alone");
    }
    fromExport();
    return Main.DONE;
  }

  private void fromExport() throws Exception {
    try (InputStream in = file == null ? System.in : Files.newInputStream(file)) {
      DatabaseAdmin.Restored done = dsn.open().read(in, force, progress.progress());
      progress.say("imported " + DbProgress.rows(done.counts()));
      DbProgress.aboutSecret(done.secretMatches());
    }
  }

  private int fromUpstream(String from) throws Exception {
    UpstreamReport report =
        dsn.open().readUpstream(parsed(from), force, dryRun, progress.progress());
    if (json) Json.print(json(report));
    else print(report, Output.reports());
    if (dryRun || report.refused() == 0) return Main.DONE;
    DbProgress.warn(
        report.refused()
            + " rows were refused and are not here; the report names them"
            + (acceptRefused ? "" : " (--accept-refused: exit code 0)"));
    return acceptRefused ? Main.DONE : Main.FAILED;
  }

  private static Dsn parsed(String dsn) {
    try {
      return Dsn.parse(dsn);
    } catch (IllegalArgumentException e) {
      throw new Failures.WrongUsage("--from-upstream: " + e.getMessage());
    }
  }

  private void print(UpstreamReport report, PrintStream out) {
    report
        .tables()
        .forEach(
            (table, count) ->
                out.println(
                    table
                        + ": "
                        + count.imported()
                        + (dryRun ? " would be imported, " : " imported, ")
                        + count.adapted()
                        + " adapted, "
                        + count.refused()
                        + " refused"));
    for (UpstreamReport.Note note : report.notes()) {
      out.println(
          "- "
              + note.table()
              + " ("
              + note.rows()
              + "): "
              + note.what()
              + ": "
              + String.join(", ", note.examples())
              + (note.rows() > note.examples().size() ? ", ..." : ""));
    }
  }

  private Map<String, Object> json(UpstreamReport report) {
    Map<String, Object> tables = new LinkedHashMap<>();
    report
        .tables()
        .forEach(
            (table, count) ->
                tables.put(
                    table,
                    Map.of(
                        "imported", count.imported(),
                        "adapted", count.adapted(),
                        "refused", count.refused())));
    List<Object> notes = new ArrayList<>();
    report
        .notes()
        .forEach(
            note ->
                notes.add(
                    Map.of(
                        "table", note.table(),
                        "what", note.what(),
                        "rows", note.rows(),
                        "examples", note.examples())));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("dryRun", dryRun);
    json.put("tables", tables);
    json.put("notes", notes);
    return json;
  }
}
