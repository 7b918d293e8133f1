package io.amebobridge.cli;

import io.amebobridge.server.admin.DatabaseAdmin;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code amebo db restore}. */
@Command(
    name = "restore",
    description = {
      "Puts a backup in a database's place, after it was checked. Not while a server runs.",
      "A PostgreSQL database must be empty; a SQLite file must not be there."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  amebo db restore --dsn sqlite:./data/amebo.db /backups/amebo-monday.db")
final class DbRestoreVerb implements Callable<Integer> {
  @Mixin private DsnOption dsn;
  @Mixin private DbProgress progress;

  @Parameters(paramLabel = "FILE", description = "What amebo db backup or export wrote.")
  private Path file;

  @Option(
      names = "--force",
      description =
          "Restore over what is there: a SQLite file is kept under another name, what is in"
              + " PostgreSQL is DELETED.")
  private boolean force;

  @Override
  public Integer call() throws Exception {
    DatabaseAdmin.Restored done = dsn.open().restore(file, force, progress.progress());
    if (done.aside() != null) progress.say("the old database is kept as " + done.aside());
    progress.say("restored " + DbProgress.rows(done.counts()));
    DbProgress.aboutSecret(done.secretMatches());
    return Main.DONE;
  }
}
