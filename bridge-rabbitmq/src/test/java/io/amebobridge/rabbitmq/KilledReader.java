package io.amebobridge.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.Delivery;
import io.amebobridge.testkit.Reads;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that reads a stream until it is killed, and says of each message that it settles it.
 */
final class KilledReader {
  private KilledReader() {}

  public static void main(String[] arguments) throws Exception {
    RabbitSource source =
        new RabbitSources(arguments[0], "log")
            .streams("first", Path.of(arguments[1]))
            .with("prefetch", "50")
            .create();
    source.open();
    while (true) {
      List<Delivery> got = source.poll(7, Duration.ofMillis(20));
      for (Delivery d : got) {
        System.out.println(Reads.body(d) + " " + d.message().id() + " .");
        LockSupport.parkNanos(400_000); // so that positions are written meanwhile
      }
      source.settle(got);
      if (got.isEmpty()) System.out.println("idle");
    }
  }

  /**
   * Kills it with SIGKILL after it has said so many and has written a position.
   *
   * @param settled ids by body; those known before must be the same
   */
  static void readUntilKilled(String uri, Path file, int most, Map<String, String> settled)
      throws Exception {
    Process reader =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KilledReader.class.getName(),
                uri,
                file.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String positions = Files.exists(file) ? Files.readString(file) : "";
    int said = 0;
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(reader.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        String[] parts = line.split(" ", -1);
        if (said >= most && !Files.readString(file).equals(positions)) {
          reader.toHandle().destroyForcibly();
        }
        if (parts.length != 3 || !parts[2].equals(".")) continue; // logs, or cut by the kill
        String before = settled.putIfAbsent(parts[0], parts[1]);
        assertThat(before == null || before.equals(parts[1])).as(line).isTrue();
        said++;
      }
    }
    assertThat(reader.waitFor()).isNotZero();
    assertThat(said).isGreaterThanOrEqualTo(most);
  }
}
