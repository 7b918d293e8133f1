package io.amebobridge.cli;

import io.amebobridge.cli.serve.ServeArguments;
import io.amebobridge.cli.serve.ServeConfig;
import io.amebobridge.core.config.ConfigException;
import io.amebobridge.server.AmeboServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code amebo serve}. */
@Command(
    name = "serve",
    customSynopsis = "amebo serve [-c FILE] [--print-config] [--<option>=<value>]...",
    description = {
      "Runs the Amebo server.",
      "Each option is also a variable of the environment and a key of amebo.json:"
          + " --delivery-window is AMEBO_DELIVERY_WINDOW. The command line goes over the"
          + " environment, over the file, over the defaults."
    },
    mixinStandardHelpOptions = true,
    modelTransformer = ServeArguments.class,
    footerHeading = "%nExample:%n",
    footer = {
      "  AMEBO_PASSWORD=... amebo serve --port 3310 --dsn sqlite:./data/amebo.db",
      "  amebo serve --config production.json --print-config"
    })
final class ServeVerb implements Callable<Integer> {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description =
          "The configuration, in JSON. Default: AMEBO_CONFIG_FILE, else amebo.json in the working"
              + " directory, where there is one.")
  private @Nullable Path file;

  @Option(
      names = {"--print-config", "--show-config", "--config-check"},
      description = "Checks the configuration and prints what holds, and where it was said.")
  private boolean print;

  @Option(
      names = "--no-migrate",
      description =
          "The same as --migrate=false: start only where the database's schema is current, else"
              + " name amebo db migrate.")
  private boolean noMigrate;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws Exception {
    List<String> warnings = new ArrayList<>();
    Map<String, String> said =
        ServeArguments.values(command.commandLine().getParseResult(), warnings);
    if (noMigrate) said.put("AMEBO_MIGRATE", "false");
    ServeConfig config = read(new ServeConfig.Given(ServeConfig.COMMAND_LINE, said), file);
    warnings.addAll(config.warnings());
    warnings.forEach(ServeVerb::warn);
    if (print) {
      Output.reports().print(config.text());
      return Main.DONE;
    }
    Logs.use(config.settings().logLevel(), config.settings().logFormat());
    return serve(config);
  }

  private static int serve(ServeConfig config) throws Exception {
    CountDownLatch stopped = new CountDownLatch(1);
    try (AmeboServer server = AmeboServer.start(config.settings().server())) {
      System.err.println("amebo: serving at " + server.uri());
      Stop.onSignal(stopped::countDown);
      stopped.await();
    }
    return Main.DONE;
  }

  /**
   * What holds for a server of this process.
   *
   * @param over goes over the environment and the file
   * @param file null: the usual one
   */
  static ServeConfig read(ServeConfig.Given over, @Nullable Path file) throws ConfigException {
    return ServeConfig.read(over, System.getenv(), file, Path.of(""));
  }

  static void warn(String warning) {
    System.err.println("amebo: warning: " + warning);
  }
}
