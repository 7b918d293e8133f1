package io.amebobridge.cli;

import io.amebobridge.cli.serve.ServeConfig;
import io.amebobridge.core.config.ConfigException;
import io.amebobridge.server.admin.DatabaseAdmin;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which database. */
final class DsnOption {
  @Option(
      names = "--dsn",
      paramLabel = "DSN",
      description =
          "The database: sqlite:<file> or postgresql://<user>:<password>@<host>/<database>"
              + " (default: AMEBO_DSN, else that of amebo.json, else sqlite:./data/amebo.db).")
  private @Nullable String dsn;

  /** The database as a server of this place would take it: environment and amebo.json too. */
  DatabaseAdmin open() throws ConfigException {
    Map<String, String> said = dsn == null ? Map.of() : Map.of("AMEBO_DSN", dsn);
    ServeConfig config =
        ServeVerb.read(new ServeConfig.Given(ServeConfig.COMMAND_LINE, said), null);
    return new DatabaseAdmin(config.settings().server());
  }
}
