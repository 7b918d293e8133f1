package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.client.StoredEvent;
import io.amebobridge.core.Message;
import io.amebobridge.core.Origin;
import io.amebobridge.core.config.DeadLettersConfig;
import io.amebobridge.core.deadletter.DeadLetter;
import io.amebobridge.core.deadletter.FileDeadLetterStore;
import io.amebobridge.testkit.FakeAmebo;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replay of letters that lie in the store, without a bridge that made them. */
class ReplayStoredLettersTest {
  @TempDir Path dir;

  private FakeAmebo amebo;
  private Path config;

  @BeforeEach
  void twelveLetters() throws Exception {
    amebo = FakeAmebo.ours();
    config =
        TestConfigs.write(
            dir, TestConfigs.VALID.replace("url: http://127.0.0.1:1", "url: " + amebo.url()));
    DeadLettersConfig letters =
        new DeadLettersConfig(dir.resolve("dead-letters"), 1 << 20, 0.5, 1000);
    try (FileDeadLetterStore store = FileDeadLetterStore.open(letters)) {
      store.store(IntStream.rangeClosed(1, 12).mapToObj(n -> letter(n)).toList());
    }
  }

  @AfterEach
  void stop() {
    amebo.close();
  }

  private static DeadLetter letter(int n) {
    SourceCoordinates at = new SourceCoordinates("kafka:c", "user-events", 0, (long) n);
    Map<String, Object> variables = Map.of("topic", "user-events", "partition", 0, "offset", n);
    Origin origin = new Origin("events", "0", Instant.EPOCH, variables, at, null);
    byte[] body =
        ("{\"type\":\"created\",\"data\":{\"seq\":" + n + "}}").getBytes(StandardCharsets.UTF_8);
    Message message = new Message("kafka:c:t:0:" + n, "user-events", null, body, List.of(), origin);
    return new DeadLetter(
        Instant.EPOCH, message, "users", DeadLetter.Stage.SENDING, "refused", List.of());
  }

  private Cli replay(Object... more) {
    Object[] all = new Object[4 + more.length];
    List.of("dead-letters", "replay", "-c", config).toArray(all);
    System.arraycopy(more, 0, all, 4, more.length);
    return Cli.run(all);
  }

  @Test
  void byIdsInTheOrderTheyWereStored() {
    Cli cli = replay("00000001-10", "00000001-2", "00000001-9", "00000001-2");
    assertThat(cli.exitCode()).as(cli.err()).isZero();
    assertThat(amebo.events())
        .extracting(StoredEvent::payload)
        .containsExactly("{\"seq\":2}", "{\"seq\":9}", "{\"seq\":10}");
    assertThat(replay("first").exitCode()).isEqualTo(2);
  }

  @Test
  void aDamagedLineIsReportedAndIsAFailure() throws Exception {
    Path segment = dir.resolve("dead-letters").resolve("00000001.ndjson");
    List<String> lines = new ArrayList<>(Files.readAllLines(segment));
    lines.set(4, lines.get(4).replace("refused", "revised"));
    Files.write(segment, lines);
    Cli json = replay("--json");
    assertThat(json.exitCode()).isEqualTo(1);
    assertThat(json.json().path("ACCEPTED").asInt()).isEqualTo(11);
    assertThat(json.json().path("damaged").size()).isEqualTo(1);
    assertThat(json.json().path("damaged").path(0).asString()).isEqualTo(segment + " line 5");
    assertThat(amebo.events()).hasSize(11);
    Cli text = replay();
    assertThat(text.exitCode()).isEqualTo(1);
    assertThat(text.out()).contains("0 not sent, 1 damaged and skipped");
    assertThat(text.err()).containsOnlyOnce(segment + " line 5");
  }
}
