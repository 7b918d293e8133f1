package io.amebobridge.cli;

import io.amebobridge.client.Secret;
import io.amebobridge.server.AmeboServer;
import io.amebobridge.server.ServerConfig;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code amebo serve}. */
@Command(
    name = "serve",
    description =
        "Runs the Amebo server. The command line goes over the environment (AMEBO_DSN, AMEBO_HOST,"
            + " AMEBO_PORT, AMEBO_SECRET, AMEBO_USERNAME, AMEBO_PASSWORD) over the defaults.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  AMEBO_PASSWORD=... amebo serve --port 3310 --dsn sqlite:./data/amebo.db")
final class ServeVerb implements Callable<Integer> {
  private static final int DEFAULT_PORT = 3310;

  @Option(
      names = "--dsn",
      description = "Where events are stored (default: sqlite:./data/amebo.db).")
  private @Nullable String dsn;

  @Option(
      names = "--host",
      description =
          "The address to listen on (default: 127.0.0.1). On loopback, webhooks may go to"
              + " loopback too.")
  private @Nullable String host;

  @Option(names = "--port", description = "The port, 0 for any (default: 3310).")
  private @Nullable Integer port;

  @Option(
      names = "--no-migrate",
      description =
          "Start only where the database's schema is current; else say so, for amebo db migrate.")
  private boolean noMigrate;

  @Override
  public Integer call() throws Exception {
    ServerConfig config = config(System::getenv);
    CountDownLatch stopped = new CountDownLatch(1);
    try (AmeboServer server = AmeboServer.start(config)) {
      System.err.println("amebo: serving at " + server.uri());
      Stop.onSignal(stopped::countDown);
      stopped.await();
    }
    return Main.DONE;
  }

  private ServerConfig config(Function<String, @Nullable String> environment) {
    try {
      ServerConfig config = fromEnvironment(environment, dsn);
      if (host != null) config = config.withHost(host);
      if (port != null) config = config.withPort(port);
      if (noMigrate) config = config.withMigrate(false);
      return config;
    } catch (IllegalArgumentException e) {
      throw new Failures.WrongUsage(e.getMessage());
    }
  }

  /**
   * What the environment says of a server.
   *
   * @param dsn goes over the environment's; null: not given
   */
  static ServerConfig fromEnvironment(
      Function<String, @Nullable String> environment, @Nullable String dsn) {
    String stored = dsn == null ? environment.apply("AMEBO_DSN") : dsn;
    ServerConfig config =
        ServerConfig.of(stored == null ? ServerConfig.DEFAULT_DSN : stored)
            .withPort(port(environment.apply("AMEBO_PORT")));
    String host = environment.apply("AMEBO_HOST");
    if (host != null) config = config.withHost(host);
    String secret = environment.apply("AMEBO_SECRET");
    if (secret != null) config = config.withSecret(Secret.of(secret));
    String username = environment.apply("AMEBO_USERNAME");
    String password = environment.apply("AMEBO_PASSWORD");
    return config.withAdmin(
        username == null ? config.adminUsername() : username,
        password == null ? null : Secret.of(password));
  }

  private static int port(@Nullable String value) {
    try {
      return value == null ? DEFAULT_PORT : Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new Failures.WrongUsage("AMEBO_PORT: got " + value + ", allowed: 0 to 65535");
    }
  }
}
