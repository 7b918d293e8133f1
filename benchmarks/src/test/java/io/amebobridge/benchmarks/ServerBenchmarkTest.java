package io.amebobridge.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That it runs, not what it measures: a tenth of a second says nothing. */
class ServerBenchmarkTest {
  @TempDir Path dir;

  @Test
  void everyFigureIsMeasured() {
    String text =
        Benchmarks.run(
            new ServerBenchmark(),
            "--engines sqlite --warm-up 0.1 --seconds 0.1 --runs 1 --dir " + dir);
    assertThat(text)
        .contains("single events/s", "batched events/s", "deliveries/s", "p99 delivered")
        .contains("start to first event", "fsyncs/s")
        .doesNotContain("| – | –");
  }
}
