package io.amebobridge.cli;

import io.amebobridge.server.admin.DatabaseAdmin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which database. */
final class DsnOption {
  @Option(
      names = "--dsn",
      description =
          "The database: sqlite:<file> or postgresql://<user>:<password>@<host>/<database>"
              + " (default: AMEBO_DSN, else sqlite:./data/amebo.db).")
  private @Nullable String dsn;

  DatabaseAdmin open() {
    try {
      return new DatabaseAdmin(ServeVerb.fromEnvironment(System::getenv, dsn));
    } catch (IllegalArgumentException e) {
      throw new Failures.WrongUsage(e.getMessage());
    }
  }
}
