package io.amebobridge.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.brokers.RabbitProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That it runs, not what it measures. */
class RabbitBenchmarkTest {
  @TempDir Path dir;

  @Test
  void everyFigureIsMeasured() {
    Assumptions.assumeTrue(
        RabbitProcess.isInstalled() || System.getenv("CI") != null, "RabbitMQ is not installed");
    String text =
        Benchmarks.run(
            new RabbitBenchmark(),
            "--messages 5000 --warm-up 0.1 --seconds 1 --rate 50 --runs 1 --dir " + dir);
    assertThat(text)
        .contains("messages/s, from a full queue", "published to delivered, ms: p99")
        .contains("RabbitMQ alone: confirmed/s", "RabbitMQ alone: consumed/s", "resident MB")
        .doesNotContain("| – | –", "| 0.00 ");
  }
}
