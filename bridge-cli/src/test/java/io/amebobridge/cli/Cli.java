package io.amebobridge.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs a verb in this process, with its output captured. Not for verbs that wait for a signal. */
record Cli(int exitCode, String out, String err) {
  static synchronized Cli run(Object... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream toOut = new ByteArrayOutputStream();
    ByteArrayOutputStream toErr = new ByteArrayOutputStream();
    System.setOut(new PrintStream(toOut, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(toErr, true, StandardCharsets.UTF_8));
    try {
      String[] texts = List.of(arguments).stream().map(Object::toString).toArray(String[]::new);
      int exitCode = Main.execute(Main.command(texts), texts);
      return new Cli(
          exitCode, toOut.toString(StandardCharsets.UTF_8), toErr.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /** Standard output, which must be one JSON document. */
  JsonNode json() {
    return JsonMapper.shared().readTree(out);
  }
}
