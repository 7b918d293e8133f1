package io.amebobridge.cli;

import io.amebobridge.brokers.OwnedProcess;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The {@code amebo} command. Exit codes: 0 done, 1 failed, 2 wrong usage or config. */
@Command(
    name = "amebo",
    description =
        "Moves services off Kafka and RabbitMQ onto Amebo, with proof that nothing was lost.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "VERB",
    footerHeading = "%nStart here:%n",
    footer = {
      "  amebo demo                       see it work, with a real broker, in a minute",
      "  amebo check -c bridge.yaml       look at both ends before running",
      "  amebo run -c bridge.yaml         run the bridge",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage or config. Logs go to standard error;",
      "AMEBO_LOG_LEVEL=debug shows more, AMEBO_LOG_FORMAT=json makes each line an object."
    })
public final class Main {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;

  private static final List<Class<?>> VERBS =
      List.of(
          DemoVerb.class,
          ServeVerb.class,
          CheckVerb.class,
          InventoryVerb.class,
          RunVerb.class,
          TestVerb.class,
          DeadLettersVerb.class,
          SchemaVerb.class,
          DbVerb.class,
          WarmUpVerb.class,
          HelpCommand.class);

  public static void main(String[] args) {
    Logs.begin();
    if (Boolean.getBoolean("amebo.end.with.parent")) OwnedProcess.endWithParent();
    int code = execute(command(args), args);
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

  /** The command for these words; with only the verb they begin with, as reading all takes long. */
  static CommandLine command(String... args) {
    CommandLine line = new CommandLine(new Main());
    List<Class<?>> named = VERBS.stream().filter(verb -> isNamed(verb, args)).toList();
    boolean other = named.isEmpty() || named.contains(HelpCommand.class);
    (other ? VERBS : named).forEach(verb -> line.addSubcommand(new CommandLine(verb)));
    line.setExecutionExceptionHandler(new Failures());
    line.setParameterExceptionHandler(Failures::wrongUse);
    line.setExitCodeExceptionMapper(Failures::exitCode);
    line.setUsageHelpWidth(100);
    return line;
  }

  private static boolean isNamed(Class<?> verb, String... args) {
    return args.length > 0 && verb.getAnnotation(Command.class).name().equals(args[0]);
  }
}
