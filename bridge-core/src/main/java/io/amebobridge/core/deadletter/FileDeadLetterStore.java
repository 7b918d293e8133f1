package io.amebobridge.core.deadletter;

import io.amebobridge.core.config.DeadLettersConfig;
import io.amebobridge.core.files.DurableFiles;
import io.amebobridge.core.files.FileLock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters as lines of JSON in files that are begun anew at a size. One process writes at a
 * time; {@link DeadLetterReader} reads while it does. Thread-safe.
 */
public final class FileDeadLetterStore implements DeadLetterStore {
  private final Segments segments;
  private final long maxFileBytes;
  private final AppendFile.Opener opener;
  private final FileLock lock;
  private @Nullable LineFile current;
  private long segment;
  private int nextNumber = 1;
  private boolean closed;

  private FileDeadLetterStore(
      Segments segments, long maxFileBytes, AppendFile.Opener opener, FileLock lock) {
    this.segments = segments;
    this.maxFileBytes = maxFileBytes;
    this.opener = opener;
    this.lock = lock;
  }

  /**
   * Opens the directory, which is made where it is missing.
   *
   * @throws IOException where another process writes there, or the directory can't be used
   */
  public static FileDeadLetterStore open(DeadLettersConfig config) throws IOException {
    return open(config.directory(), config.maxFileBytes(), AppendFile::onDisk);
  }

  static FileDeadLetterStore open(Path directory, long maxFileBytes, AppendFile.Opener opener)
      throws IOException {
    Segments segments = new Segments(directory);
    FileLock lock = null;
    try {
      DurableFiles.createDirectories(directory.toAbsolutePath());
      lock =
          FileLock.take(
              segments.lock(),
              directory.toAbsolutePath(),
              "stop it, or give this bridge a deadLetters.file of its own");
      FileDeadLetterStore store = new FileDeadLetterStore(segments, maxFileBytes, opener, lock);
      store.resume();
      return store;
    } catch (IOException e) {
      if (lock != null) lock.close();
      throw new IOException("dead letters can't be kept in " + directory + ": " + why(e), e);
    }
  }

  /** Goes on where the last writer stopped, after what it left unfinished is cut off. */
  private void resume() throws IOException {
    List<Long> numbers = segments.numbers();
    if (numbers.isEmpty()) return;
    segment = numbers.get(numbers.size() - 1);
    int[] last = {0};
    current =
        LineFile.open(
            segments.path(segment),
            opener,
            (line, sound, end) -> {
              // A damaged line keeps its number: ids are never given twice.
              last[0] = sound ? idOf(line).number() : last[0] + 1;
              return true;
            });
    nextNumber = last[0] + 1;
  }

  private static LetterId idOf(byte[] line) throws IOException {
    return LetterId.parse(LetterJson.required(LetterJson.parse(line), "id"))
        .orElseThrow(() -> new IOException("a line without a letter's id"));
  }

  @Override
  public synchronized Stored store(List<DeadLetter> letters) throws IOException {
    if (closed)
      throw new IOException("the dead letters in " + segments.directory() + " are closed");
    if (letters.isEmpty()) return new Stored(letters, null);
    try {
      LineFile file = writable();
      List<byte[]> lines = new ArrayList<>(letters.size());
      int number = nextNumber;
      for (DeadLetter letter : letters) {
        lines.add(Lines.seal(LetterJson.write(new LetterId(segment, number++), letter)));
      }
      file.append(lines);
      nextNumber = number;
      return new Stored(letters, null);
    } catch (IOException e) {
      throw new IOException(
          "dead letters can't be stored in "
              + segments.path(segment)
              + ": "
              + why(e)
              + "; make room there, or move deadLetters.file",
          e);
    }
  }

  private LineFile writable() throws IOException {
    if (current != null && !current.isBroken() && current.size() < maxFileBytes) return current;
    LineFile old = current;
    current = null;
    if (old != null) old.close();
    // A file that never took a letter is tried again, or a full disk would fill with empty ones.
    if (old == null || old.size() > 0) segment++;
    if (segment == 0) segment = 1;
    nextNumber = 1;
    current = LineFile.open(segments.path(segment), opener, (line, sound, end) -> true);
    return current;
  }

  private static String why(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  @Override
  public synchronized void close() throws IOException {
    if (closed) return;
    closed = true;
    try {
      if (current != null) current.close();
    } finally {
      lock.close();
    }
  }
}
