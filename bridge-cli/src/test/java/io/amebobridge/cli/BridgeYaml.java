package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.testkit.TestKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A bridge.yaml for real ends; {@link #with} changes it. Immutable. */
record BridgeYaml(String group, String text) {
  static BridgeYaml of(TestAmebo amebo, String bootstrap, String topic) {
    String group = TestKafka.unique("group");
    return new BridgeYaml(
        group,
        """
        amebo:
          url: %s
          application: %s
          secret: %s
        sources:
          events:
            kafka:
              bootstrap.servers: "%s"
              group.id: %s
            start: earliest
            connectTimeout: 2s
            watchInterval: 200ms
        routes:
          - name: users
            from: {source: events, topic: %s}
            when: type in ["created", "updated", "forbidden", "unheard"]
            action: user.{{ type }}
            payload: "{{ data }}"
        deadLetters: {file: dead-letters}
        http: {port: 0}
        limits: {backoff: {initial: 10ms, max: 200ms}}
        """
            .formatted(
                amebo.uri(),
                TestAmebo.APPLICATION,
                TestAmebo.SECRET.reveal(),
                bootstrap,
                group,
                topic));
  }

  /** With this text in place of that, which must be there once. */
  BridgeYaml with(String old, String text) {
    assertThat(this.text).containsOnlyOnce(old);
    return new BridgeYaml(group, this.text.replace(old, text));
  }

  Path writeTo(Path directory) throws IOException {
    return Files.writeString(directory.resolve("bridge.yaml"), text);
  }
}
