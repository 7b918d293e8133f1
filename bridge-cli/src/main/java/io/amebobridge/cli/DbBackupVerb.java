package io.amebobridge.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code amebo db backup}. */
@Command(
    name = "backup",
    description = {
      "Writes one consistent state of a database into one file while servers go on, and checks it: a"
          + " SQLite database for SQLite, a packed export for PostgreSQL.",
      "AMEBO_SECRET, or the generated <database>.secret, is NOT in it: keep that too, elsewhere."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  amebo db backup --dsn sqlite:./data/amebo.db /backups/amebo-monday.db")
final class DbBackupVerb implements Callable<Integer> {
  @Mixin private DsnOption dsn;
  @Mixin private DbProgress progress;

  @Parameters(paramLabel = "FILE", description = "The file to write.")
  private Path file;

  @Option(names = "--force", description = "Replace the file where it exists.")
  private boolean force;

  @Override
  public Integer call() throws Exception {
    var counts = dsn.open().backup(file, force, progress.progress());
    progress.say("wrote and checked " + file + ": " + DbProgress.rows(counts));
    progress.say("AMEBO_SECRET is not in it: keep it too, elsewhere");
    return Main.DONE;
  }
}
