package io.amebobridge.cli;

import io.amebobridge.server.store.Schema;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code amebo db migrate}. */
@Command(
    name = "migrate",
    description =
        "Brings a database's schema to this program's version, as a start of the server does unless"
            + " it is told --no-migrate; amebo db info shows what is pending. A database that is not"
            + " there is made. Before a migration that alters data a backup is made, beside a SQLite"
            + " file or in ./data, and where that fails nothing is migrated. A migration that fails"
            + " leaves the schema as it was before it; one that was applied is not taken back but by"
            + " the backup. Not while a server runs on SQLite; on PostgreSQL beside running servers"
            + " of the same minor release, which must not be restarted after that.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  amebo db migrate --dsn postgresql://amebo:PASSWORD@localhost/amebo")
final class DbMigrateVerb implements Callable<Integer> {
  @Mixin private DsnOption dsn;

  @Option(
      names = "--no-backup",
      description = "No backup before a migration that alters data: you have made one yourself.")
  private boolean noBackup;

  @Option(names = "--json", description = "One JSON array of what was applied.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    List<Schema.Step> applied = dsn.open().migrate(!noBackup);
    if (json) {
      Json.print(applied.stream().map(DbInfoVerb::step).toList());
    } else if (applied.isEmpty()) {
      Output.reports().println("the schema is current, nothing was done");
    } else {
      applied.forEach(
          step ->
              Output.reports().println("applied v" + step.version() + "  " + step.description()));
    }
    return Main.DONE;
  }
}
