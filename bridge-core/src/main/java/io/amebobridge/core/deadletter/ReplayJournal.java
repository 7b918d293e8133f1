package io.amebobridge.core.deadletter;

import io.amebobridge.core.config.JsonText;
import io.amebobridge.core.deadletter.StoredDeadLetter.State;
import io.amebobridge.core.files.FileLock;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What became of dead letters, in a file of its own, so that a replay and a running bridge need not
 * share one. One process holds it at a time. Not thread-safe.
 */
public final class ReplayJournal implements Closeable {
  private final Path path;
  private final FileLock lock;
  private final LineFile file;
  private final Clock clock;

  private ReplayJournal(Path path, FileLock lock, LineFile file, Clock clock) {
    this.path = path;
    this.lock = lock;
    this.file = file;
    this.clock = clock;
  }

  /**
   * What became of one letter.
   *
   * @param detail for people: what was accepted, or why it was given up
   */
  public record Entry(String id, State state, String detail) {}

  /**
   * Opens the journal of a directory of dead letters.
   *
   * @throws IOException where another replay is under way, or the directory can't be used
   */
  public static ReplayJournal open(Path directory, Clock clock) throws IOException {
    Segments segments = new Segments(directory);
    if (!Files.isDirectory(directory)) {
      throw new IOException("no dead letters: there is no directory " + directory);
    }
    FileLock lock =
        FileLock.take(
            segments.journalLock(),
            directory.toAbsolutePath(),
            "another replay is under way; wait for its end");
    try {
      LineFile file =
          LineFile.open(segments.journal(), AppendFile::onDisk, (line, sound, end) -> true);
      return new ReplayJournal(segments.journal(), lock, file, clock);
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  /** Durable on return. */
  public void mark(List<Entry> entries) throws IOException {
    if (entries.isEmpty()) return;
    List<byte[]> lines = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("id", entry.id());
      json.put("at", clock.instant().toString());
      json.put("state", entry.state().name());
      json.put("detail", entry.detail());
      lines.add(Lines.seal(JsonText.write(json)));
    }
    try {
      file.append(lines);
    } catch (IOException e) {
      throw new IOException(
          "the replay can't be noted in " + path + ": " + e.getMessage() + "; make room there", e);
    }
  }

  /** Accepted at last; durable on return. */
  public void markReplayed(String id, String outcome) throws IOException {
    mark(List.of(new Entry(id, State.REPLAYED, outcome)));
  }

  /** Given up on purpose; durable on return. */
  public void discard(String id, String why) throws IOException {
    mark(List.of(new Entry(id, State.DISCARDED, why)));
  }

  static ReplayStates states(Path journal) throws IOException {
    ReplayStates states = new ReplayStates();
    if (!Files.exists(journal)) return states;
    Lines.read(
        journal,
        (line, sound, end) -> {
          if (sound) read(line, states);
          return true;
        });
    return states;
  }

  private static void read(byte[] line, ReplayStates states) throws IOException {
    try {
      JsonNode json = LetterJson.parse(line);
      State state = State.valueOf(LetterJson.required(json, "state"));
      LetterId.parse(LetterJson.required(json, "id")).ifPresent(id -> states.set(id, state));
    } catch (JacksonException | IllegalArgumentException e) {
      throw new IOException("the replay journal is of another version: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      file.close();
    } finally {
      lock.close();
    }
  }
}
