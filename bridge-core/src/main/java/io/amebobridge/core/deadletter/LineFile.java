package io.amebobridge.core.deadletter;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lines appended durably to one file. Not thread-safe. */
final class LineFile implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(LineFile.class);

  private final Path path;
  private final AppendFile file;
  private long good;
  private boolean broken;

  private LineFile(Path path, AppendFile file, long good) {
    this.path = path;
    this.file = file;
    this.good = good;
  }

  /**
   * Opens a file, new or not, and cuts off what a crash left after the last line end. A line that
   * has its end stays, damaged or not: there may be no other copy of what is still legible in it.
   *
   * @param visitor sees the lines that are there
   */
  static LineFile open(Path path, AppendFile.Opener opener, Lines.Visitor visitor)
      throws IOException {
    long[] good = {0};
    if (Files.exists(path)) {
      Lines.read(
          path,
          (line, sound, end) -> {
            good[0] = end;
            return visitor.line(line, sound, end);
          });
    }
    AppendFile file = opener.open(path);
    try {
      long torn = file.length() - good[0];
      if (torn > 0) {
        log.warn("Cut {} bytes of a line that was never finished off {}", torn, path);
        file.truncate(good[0]);
        file.sync();
      }
      return new LineFile(path, file, good[0]);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  long size() {
    return good;
  }

  /** True once a failure could not be undone: nothing more may be appended here. */
  boolean isBroken() {
    return broken;
  }

  /** All of them, durable on return; on failure none, or the file is broken. */
  void append(List<byte[]> lines) throws IOException {
    if (broken) throw new IOException(path + " is broken by an earlier failure");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] line : lines) all.writeBytes(line);
    try {
      file.append(all.toByteArray());
      file.sync();
      good += all.size();
    } catch (IOException e) {
      undo(e);
      throw e;
    }
  }

  /** A half line must not run into the next one. */
  private void undo(IOException cause) {
    // After a failed sync the kernel may have dropped the pages: nothing here can be relied on
    // again.
    broken = true;
    try {
      file.truncate(good);
      file.sync();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
