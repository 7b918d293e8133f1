package io.amebobridge.cli.demo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The bridge.yaml of the demo, as a user would write it. */
public final class DemoConfig {
  private DemoConfig() {}

  /**
   * Writes bridge.yaml and the file with its secret.
   *
   * @param mapping the sources, routes and tests
   * @param bridge where the bridge is to answer
   */
  public static Path write(Path dir, URI amebo, String mapping, URI bridge) throws IOException {
    Path secret = dir.resolve("application-secret");
    Files.writeString(secret, Registrations.BRIDGE_SECRET.reveal());
    String ends =
        """
        amebo:
          url: %s
          application: %s
          secret: ${file:%s}
        deadLetters: {file: %s}
        http: {host: %s, port: %d}
        """
            .formatted(
                amebo,
                Registrations.BRIDGE,
                secret,
                dir.resolve("dead-letters"),
                bridge.getHost(),
                bridge.getPort());
    return Files.writeString(dir.resolve("bridge.yaml"), ends + mapping);
  }

  /** How many dead letters there are: one line each. */
  public static long deadLetters(Path dir) throws IOException {
    Path letters = dir.resolve("dead-letters");
    if (!Files.isDirectory(letters)) return 0;
    long count = 0;
    try (Stream<Path> files = Files.list(letters)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".ndjson")).toList()) {
        try (Stream<String> lines = Files.lines(file)) {
          count += lines.count();
        }
      }
    }
    return count;
  }
}
