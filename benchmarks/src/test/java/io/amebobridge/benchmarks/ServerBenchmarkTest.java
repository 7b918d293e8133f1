package io.amebobridge.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** That it runs, not what it measures: a tenth of a second says nothing. */
class ServerBenchmarkTest {
  @TempDir Path dir;

  @Test
  void everyFigureIsMeasured() {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int code;
    try {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      code =
          new CommandLine(new ServerBenchmark())
              .execute(
                  "--engines",
                  "sqlite",
                  "--warm-up",
                  "0.1",
                  "--seconds",
                  "0.1",
                  "--runs",
                  "1",
                  "--dir",
                  dir.toString());
    } finally {
      System.setOut(before);
    }
    String text = out.toString(StandardCharsets.UTF_8);
    assertThat(code).as(text).isZero();
    assertThat(text)
        .contains("single events/s", "batched events/s", "deliveries/s", "p99 delivered")
        .contains("start to first event", "fsyncs/s")
        .doesNotContain("| – | –");
  }
}
