package io.amebobridge.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That it runs, not what it measures; the latency is measured as in RabbitBenchmarkTest. */
class AwsBenchmarkTest {
  @TempDir Path dir;

  @Test
  void everyFigureIsMeasured() {
    String text =
        Benchmarks.run(
            new AwsBenchmark(),
            "--queues fifo --messages 1000 --warm-up 0.1 --seconds 1 --rate 0 --runs 1 --away 1"
                + " --dir "
                + dir);
    assertThat(text)
        .contains("FIFO queue, 20 groups", "1 ms away")
        .contains("messages/s, from a full queue", "processor time a message")
        .contains("resident MB")
        .contains("alone: sent/s", "alone: received and deleted/s")
        .doesNotContain("| – | –", "| 0.00 ");
  }
}
