package io.amebobridge.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Config files of tests that connect to nothing. */
final class TestConfigs {
  static final String VALID =
      """
      amebo:
        url: http://127.0.0.1:1
        application: legacy-bridge
        secret: an-application-secret
      sources:
        events:
          kafka: {bootstrap.servers: "127.0.0.1:1", group.id: amebo-bridge}
          start: earliest
      routes:
        - name: users
          from: {source: events, topic: user-events}
          when: type in ["created", "updated"]
          action: user.{{ type }}
          payload: "{{ data }}"
      deadLetters: {file: dead-letters}
      """;

  private TestConfigs() {}

  static Path write(Path dir, String yaml) throws IOException {
    return Files.writeString(dir.resolve("bridge.yaml"), yaml);
  }
}
