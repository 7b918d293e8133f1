package io.amebobridge.core.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.deadletter.StoredDeadLetter.State;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 5: a message is settled after the store has it durably, so what is stored must be there. */
class KillStoreTest {
  @Test
  void whatWasStoredIsThereAfterKill9(@TempDir Path directory) throws Exception {
    int next = 0;
    for (int life = 0; life < 3; life++) next = writeAndKill(directory, next) + 1;
    List<StoredDeadLetter> letters =
        new DeadLetterReader(directory)
            .list(DeadLetterFilter.in(State.values()), null, 1_000_000)
            .letters();
    assertThat(letters).extracting(StoredDeadLetter::id).doesNotHaveDuplicates();
    Set<String> found = new HashSet<>();
    letters.forEach(l -> found.add(l.letter().message().id()));
    for (int n = 0; n < next; n++) assertThat(found).contains("kafka:c:t:3:" + n);
    assertThat(Objects.requireNonNull(directory.toFile().list()).length).isGreaterThan(3);
  }

  /** The last number that the writer said it had stored. */
  private static int writeAndKill(Path directory, int from) throws Exception {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KilledWriter.class.getName(),
                directory.toString(),
                String.valueOf(from))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int last = -1;
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        last = Integer.parseInt(line);
        if (last == from + 61) writer.toHandle().destroyForcibly();
      }
    }
    assertThat(writer.waitFor()).isNotZero();
    assertThat(last).isGreaterThan(from);
    return last;
  }
}
