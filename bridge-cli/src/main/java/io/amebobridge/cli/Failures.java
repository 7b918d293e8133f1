package io.amebobridge.cli;

import io.amebobridge.core.config.ConfigException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what a verb throws into a message for people and an exit code. */
final class Failures implements IExecutionExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(Failures.class);

  @Override
  public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
    line.getErr().println("amebo: " + message(e));
    log.debug("the failure in full", e);
    return exitCode(e);
  }

  /** A command line that cannot be read: a line that says why, not a screen of help. */
  static int wrongUse(CommandLine.ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    line.getErr().println("amebo: " + e.getMessage());
    boolean word = e instanceof CommandLine.UnmatchedArgumentException;
    if (word) CommandLine.UnmatchedArgumentException.printSuggestions(e, line.getErr());
    if (word || line.getSubcommands().isEmpty()) {
      line.getErr().println("See: " + line.getCommandSpec().qualifiedName() + " --help");
    } else {
      line.usage(line.getErr());
    }
    return Main.WRONG_USAGE;
  }

  static int exitCode(Throwable e) {
    boolean usage =
        e instanceof ConfigException
            || e instanceof WrongUsage
            || e instanceof CommandLine.ParameterException;
    return usage ? Main.WRONG_USAGE : Main.FAILED;
  }

  private static String message(Exception e) {
    if (e instanceof ConfigException c) {
      int count = c.problems().size();
      return "the config is wrong in "
          + (count == 1 ? "one place" : count + " places")
          + "\n"
          + c.getMessage();
    }
    if (e instanceof NoSuchFileException) return "there is no " + e.getMessage();
    if (e instanceof AccessDeniedException) return "no access to " + e.getMessage();
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** An option's value that only the verb itself can judge. */
  static final class WrongUsage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongUsage(String message) {
      super(message);
    }
  }
}
