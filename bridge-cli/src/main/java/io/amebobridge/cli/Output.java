package io.amebobridge.cli;

import java.io.PrintStream;

/**
 * The process's standard output, kept for what the verbs report. Whatever else prints there (a
 * library's left-over debugging would break a report in JSON) ends up on standard error.
 */
final class Output {
  private static PrintStream reports = System.out;

  private Output() {}

  /** Gives it to the reports alone until it is released. */
  static void claim() {
    reports = System.out;
    System.setOut(System.err);
  }

  static void release() {
    System.setOut(reports);
  }

  static PrintStream reports() {
    return reports;
  }
}
