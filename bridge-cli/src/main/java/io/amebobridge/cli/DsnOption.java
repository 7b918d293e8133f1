package io.amebobridge.cli;

import io.amebobridge.client.Secret;
import io.amebobridge.server.ServerConfig;
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
      return DatabaseAdmin.of(dsn());
    } catch (IllegalArgumentException e) {
      throw new Failures.WrongUsage(e.getMessage());
    }
  }

  String dsn() {
    String environment = System.getenv("AMEBO_DSN");
    return dsn != null ? dsn : environment != null ? environment : ServerConfig.DEFAULT_DSN;
  }

  /** AMEBO_SECRET; null where it is not set. */
  static @Nullable Secret secret() {
    String secret = System.getenv("AMEBO_SECRET");
    return secret == null ? null : Secret.of(secret);
  }
}
