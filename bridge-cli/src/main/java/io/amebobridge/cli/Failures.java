package io.amebobridge.cli;

import io.amebobridge.core.config.ConfigException;
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
