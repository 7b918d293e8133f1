package io.amebobridge.cli;

import io.amebobridge.brokers.OwnedProcess;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The {@code amebo} command. Exit codes: 0 done, 1 failed, 2 wrong usage or config. */
@Command(
    name = "amebo",
    description = "Moves services off Kafka onto Amebo, with proof that nothing was lost.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "VERB",
    footerHeading = "%nStart here:%n",
    footer = {
      "  amebo demo                       see it work, with a real Kafka broker, in a minute",
      "  amebo check -c bridge.yaml       look at both ends before running",
      "  amebo run -c bridge.yaml         run the bridge",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage or config. Logs go to standard error;",
      "AMEBO_LOG_LEVEL=debug shows more, AMEBO_LOG_FORMAT=json makes each line an object."
    },
    subcommands = {
      DemoVerb.class,
      ServeVerb.class,
      CheckVerb.class,
      RunVerb.class,
      TestVerb.class,
      DeadLettersVerb.class,
      SchemaVerb.class,
      DbVerb.class,
      WarmUpVerb.class,
      HelpCommand.class
    })
public final class Main {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;

  public static void main(String[] args) {
    Logs.begin();
    if (Boolean.getBoolean("amebo.end.with.parent")) OwnedProcess.endWithParent();
    int code = execute(command(), args);
    Stop.done(code);
    System.exit(code);
  }

  /** With standard output kept for the reports, help among them. */
  static int execute(CommandLine command, String... args) {
    Output.claim();
    try {
      command.setOut(new PrintWriter(Output.reports(), true, StandardCharsets.UTF_8));
      return command.execute(args);
    } finally {
      Output.release();
    }
  }

  static CommandLine command() {
    CommandLine line = new CommandLine(new Main());
    line.setExecutionExceptionHandler(new Failures());
    line.setExitCodeExceptionMapper(Failures::exitCode);
    line.setUsageHelpWidth(100);
    return line;
  }
}
