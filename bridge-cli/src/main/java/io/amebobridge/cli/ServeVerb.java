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
    description = "Runs the Amebo server. The command line goes over the environment (AMEBO_DSN, AMEBO_HOST,"
        + " AMEBO_PORT, AMEBO_SECRET, AMEBO_USERNAME, AMEBO_PASSWORD) over the defaults.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  AMEBO_PASSWORD=... amebo serve --port 3310 --dsn sqlite:./data/amebo.db")
final class ServeVerb implements Callable<Integer> {
  @Option(
      names = "--dsn",
      description = "Where events are stored (default: sqlite:./data/amebo.db).")
  private @Nullable String dsn;

  @Option(
      names = "--host",
      description = "The address to listen on (default: 127.0.0.1). On loopback, webhooks may go to"
          + " loopback too.")
  private @Nullable String host;

  @Option(names = "--port", description = "The port, 0 for any (default: 3310).")
  private @Nullable Integer port;

  @Override
  public Integer call() throws Exception {
    ServerConfig.Builder config = fromEnvironment(System::getenv);
    if (dsn != null) config.dsn(dsn);
    if (host != null) config.host(host);
    if (port != null) config.port(port);
    CountDownLatch stopped = new CountDownLatch(1);
    try (AmeboServer server = AmeboServer.start(checked(config))) {
      System.err.println("amebo: serving at " + server.uri());
      Stop.onSignal(stopped::countDown);
      stopped.await();
    }
    return Stop.done(Main.DONE);
  }

  private static ServerConfig checked(ServerConfig.Builder config) {
    try {
      return config.build();
    } catch (IllegalArgumentException e) {
      throw new Failures.WrongUsage(e.getMessage());
    }
  }

  static ServerConfig.Builder fromEnvironment(Function<String, @Nullable String> environment) {
    ServerConfig.Builder config = ServerConfig.builder();
    String value = environment.apply("AMEBO_DSN");
    if (value != null) config.dsn(value);
    value = environment.apply("AMEBO_HOST");
    if (value != null) config.host(value);
    value = environment.apply("AMEBO_PORT");
    if (value != null) config.port(port(value));
    value = environment.apply("AMEBO_SECRET");
    if (value != null) config.secret(Secret.of(value));
    value = environment.apply("AMEBO_USERNAME");
    if (value != null) config.adminUsername(value);
    value = environment.apply("AMEBO_PASSWORD");
    if (value != null) config.adminPassword(Secret.of(value));
    return config;
  }

  private static int port(String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new Failures.WrongUsage("AMEBO_PORT: got " + value + ", allowed: 0 to 65535");
    }
  }
}
