package io.amebobridge.cli.demo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The bridge.yaml of the demo, as a user would write it. */
public final class DemoConfig {
  private DemoConfig() {}

  /** Writes bridge.yaml and the file with its secret. */
  public static Path write(Path dir, URI amebo, String kafka, URI bridge) throws IOException {
    Path secret = dir.resolve("application-secret");
    Files.writeString(secret, UserRegistrations.BRIDGE_SECRET.reveal());
    String yaml =
        """
        amebo:
          url: %s
          application: legacy-bridge
          secret: ${file:%s}
        sources:
          events:
            kafka: {bootstrap.servers: "%s", group.id: amebo-bridge, group.instance.id: bridge-1}
            start: earliest
        routes:
          - name: users
            from: {source: events, topic: %s}
            when: type in ["created", "updated", "deleted"]
            action: user.{{ type }}
            payload: "{{ data }}"
        deadLetters: {file: %s}
        http: {host: %s, port: %d}
        tests:
          - name: a created user
            input: {topic: %4$s, body: {type: created, data: {seq: 1}}}
            expect:
              - {action: user.created, payload: {seq: 1}}
        """
            .formatted(
                amebo,
                secret,
                kafka,
                UserEvents.TOPIC,
                dir.resolve("dead-letters"),
                bridge.getHost(),
                bridge.getPort());
    return Files.writeString(dir.resolve("bridge.yaml"), yaml);
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
